"""What a person reads when a behavior is missed."""

import json
from dataclasses import replace

import pytest
from safetensors.torch import load_file, save_file

MISS = "{instruct: [{one_of: [never said]}, {finish: stop}]}"


def test_the_message_says_line_expected_got_and_what_to_do(project):
    """One paragraph a missed expectation, the reply quoted, the command that repeats it."""
    project.behavior(MISS, samples=2, seed=5)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "behaviors/says.yaml:3: expected one_of [[]'never said'], got it in 0 of 2",
            "    sample 0: *",
            "    sample 1: *",
            "sample 0 (seed 5, finish stop):",
            "    | *",
            "sample 1 (seed 5, finish stop):",
            "    | *",
            "again: pytest 'behaviors/says.yaml::says[[]instruct-zh]'",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*expected finish*")


def test_all_misses_are_told_at_once(project):
    """Two missed expectations are two paragraphs of one failure."""
    project.behavior("{instruct: [{one_of: [a]}, {regex: '^b$'}]}")
    project.run().stdout.fnmatch_lines(
        ["behaviors/says.yaml:3: expected one_of *", "behaviors/says.yaml:3: expected regex *"]
    )


@pytest.mark.parametrize(("at_least", "outcome"), [(0.5, {"passed": 1}), (1.0, {"failed": 1})])
def test_at_least_is_a_share_of_the_samples(project, at_least, outcome):
    """Of two samples that differ, one may miss where half is enough."""
    project.behavior("{base: [{length: {at_least: 0}}]}", samples=2)
    project.run()
    first, second = project.texts().values()
    assert first.strip() != second.strip()
    said = json.dumps(first.strip(), ensure_ascii=False)
    project.behavior(f"{{base: [{{one_of: [{said}], at_least: {at_least}}}]}}", samples=2)
    project.run().assert_outcomes(**outcome)


def test_the_again_command_repeats_the_case(project):
    """What the message offers can be typed."""
    project.behavior(MISS, samples=1)
    line = next(x for x in project.run().outlines if x.startswith("again: pytest "))
    node = line.removeprefix("again: pytest ").strip("'")
    project.run(node).assert_outcomes(failed=1)


def test_the_again_command_has_the_models(project):
    """Family and bound checkpoints are part of the command."""
    project.behavior(MISS)
    result = project.run("--qwen-family=tiny", "--qwen-model=base=x")
    result.stdout.fnmatch_lines(["again: pytest '*' --qwen-family=tiny --qwen-model=base=x"])


def test_the_again_command_says_how_it_was_drawn(project):
    """Other seeds or fast replies may say something else; --qwen-whole has no effect any more."""
    project.behavior(MISS)
    options = ("--qwen-seed-offset=1000", "--qwen-fast")
    result = project.run(*options, "--qwen-whole")
    result.stdout.fnmatch_lines([f"again: pytest '*' {' '.join(options)}"])


def test_the_again_command_can_be_typed_where_it_was_printed(project, monkeypatch):
    """From a folder below the root the path is as seen from there, and samples are repeated."""
    project.behavior(MISS)
    (project.path / "sub").mkdir()
    monkeypatch.chdir(project.path / "sub")
    result = project.run("../behaviors", "--qwen-samples=2")
    result.stdout.fnmatch_lines(
        ["again: pytest '../behaviors/says.yaml::says[[]instruct-zh[]]' --qwen-samples=2"]
    )


def test_replies_beside_a_broken_one_are_recorded(project):
    """A time limit that only some samples meet: the others keep their verdicts in the record."""
    project.behavior("{base: [{length: {at_least: 0}}]}", samples=2)
    project.run()
    first, second = [line["reply"] for line in project.lines() if line["kind"] == "sample"]
    from pytest_qwen.engine.store import Store
    from pytest_qwen.model_io.reply import Finish, Reply

    store = Store(project.path / "kept")
    store.put([Reply.from_json(first), replace(Reply.from_json(second), finish=Finish.NAN)])
    store.close()
    result = project.run(store="kept")
    result.stdout.fnmatch_lines(["*got finish nan in 1 of 2 samples*"])
    errors = {
        line["reply"]["sample"]: line["error"] and line["error"]["kind"]
        for line in project.lines()
        if line["kind"] == "sample"
    }
    assert errors == {0: None, 1: "nan"}


def test_nan_is_a_failure_whatever_is_expected(project):
    """A model whose logits are not numbers fails cases that expect only absences."""

    def break_weights(copy):
        weights = load_file(copy / "model.safetensors")
        weights["model.norm.weight"][:] = float("nan")
        save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})

    project.behavior("{instruct: [{not: continuation_loop}]}")
    result = project.run(project.damaged("instruct", break_weights))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["expected replies, got finish nan in 1 of 1 samples: the logits are not numbers*"]
    )
    (line,) = [line for line in project.lines() if line["kind"] == "sample"]
    assert line["error"]["kind"] == "nan"
    assert line["reply"]["finish"] == "nan"


def test_last_failed_and_first_failure(project):
    """`--lf` runs what failed, `-x` stops at the first."""
    project.behavior("{instruct: [{finish: stop}]}", name="good")
    project.behavior(MISS, name="one")
    project.behavior(MISS, name="two")
    project.run("-x").assert_outcomes(passed=1, failed=1)
    project.run().assert_outcomes(passed=1, failed=2)
    project.run("--lf").assert_outcomes(failed=2)


def test_samples_can_be_overridden(project):
    """`--qwen-samples` draws as many as are asked for."""
    project.behavior(MISS, samples=1)
    project.run("--qwen-samples=3").stdout.fnmatch_lines(["*got it in 0 of 3"])
    result = project.run("--qwen-samples=0")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--qwen-samples: expected a whole number, more than 0, got '0'"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--qwen-family=tinny"],
            "family: expected the name of one, got 'tinny': did you mean 'tiny'?*",
        ),
        (
            ["--qwen-model=instuct=x"],
            "--qwen-model: expected ROLE=CHECKPOINT, got 'instuct=x': did you mean 'instruct'?",
        ),
        (
            ["--qwen-model=instruct"],
            "--qwen-model: expected ROLE=CHECKPOINT, got 'instruct': name a folder or a hub id",
        ),
    ],
)
def test_wrong_options_are_usage_errors(project, arguments, message):
    """Nothing runs, and pytest exits with 4."""
    project.behavior(MISS)
    result = project.run(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}".replace("[", "[[]")])


def test_a_missing_checkpoint_says_what_to_type(project, monkeypatch):
    """The case fails with the command that fetches the checkpoint; the record keeps it apart."""
    monkeypatch.setenv("HF_HUB_CACHE", str(project.path / "empty"))
    project.behavior(MISS)
    result = project.run("--qwen-family=qwen3-0.6b")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*expected the checkpoint Qwen/Qwen3-0.6B *: type `hf download Qwen/Qwen3-0.6B`*"]
    )
    (sample,) = [line for line in project.lines() if line["kind"] == "sample"]
    assert sample["reply"] is None
    assert sample["error"]["kind"] == "engine"


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "workers"])
def test_a_family_without_any_checkpoint_ends_the_run(project, workers):
    """Once, not with each case; where another role has one, its cases run."""
    empty = f"{project.path / 'nothing'}"
    for name in ("a", "b", "c"):
        project.behavior("{instruct: [{finish: stop}], base: [{not: {contains: ☃}}]}", name=name)
    family = [f"--qwen-model={role}={empty}" for role in ("base", "instruct", "reasoning")]
    result = project.run(*family, *workers)
    result.stdout.fnmatch_lines(["*! *no checkpoint of the family tiny is usable !*"])
    assert result.parseoutcomes()["failed"] <= 2
    project.run(family[1], *workers).assert_outcomes(passed=3, failed=3)


def test_a_role_that_the_family_lacks_is_skipped(project):
    """A family may have fewer roles; the reason is shown."""
    project.write("f.yaml", "family: lonely\nbase: {checkpoint: x}\n")
    project.behavior(MISS)
    project.run("-rs", "--qwen-family=f.yaml").stdout.fnmatch_lines(
        ["SKIPPED * the family lonely has no instruct role"]
    )


def test_an_unusable_store_is_one_line(project):
    """A folder that cannot be written is named, with what to do."""
    project.write("file", "")
    project.behavior(MISS)
    result = project.run(store="file")
    result.stdout.fnmatch_lines(
        ["*expected a store, got *use another --qwen-store, or `--qwen-store off`"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_what_the_family_lacks_is_skipped_with_the_reason(project):
    """A behavior that needs what the models were never taught asks nothing, and says so."""
    project.behavior("{instruct: [{finish: stop}]}", needs="[code, tools, chat]")
    result = project.run("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED *needs code, tools, which the family tiny lacks"])
    assert not any(line.get("reply") for line in project.lines())


def test_a_comparison_of_what_the_family_lacks_is_skipped(project):
    """A relation needs whatever one of its behaviors needs."""
    project.behavior("{instruct: [{finish: stop}]}", needs="[code]")
    text = "  - {rate: {behavior: says, trait: {finish: stop}}, order: base < instruct}"
    project.write("behaviors/ladder.yaml", f"behavior: ladder\nconfidence: 0.5\ncompare:\n{text}\n")
    result = project.run("-rs", "-m", "comparison")
    result.assert_outcomes(skipped=1, deselected=1)
    result.stdout.fnmatch_lines(["SKIPPED *needs code, which the family tiny lacks"])


def test_the_summary_names_what_failed(project):
    """Its line has the path in the id already: after it come the traits, with how many samples met them."""
    project.behavior(
        "{instruct: [{one_of: [never]}, {contains: 好}, {not: {contains: 你}}]}", samples=3
    )
    for workers in (["-p", "no:xdist"], ["-n", "1"]):
        result = project.run(*workers)
        result.stdout.fnmatch_lines(
            [
                "behaviors/says.yaml:3: expected one_of ['never'], got it in 0 of 3",
                "FAILED behaviors/says.yaml::says[[]instruct-zh[]] - one_of 0/3, not contains 0/3",
            ]
        )
    line = project.run("--tb=line", "--junitxml=j.xml").outlines
    assert any(text.endswith("says.yaml:3: one_of 0/3, not contains 0/3") for text in line)
    assert 'message="one_of 0/3, not contains 0/3"' in (project.path / "j.xml").read_text()
