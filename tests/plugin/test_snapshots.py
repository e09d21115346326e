"""Snapshots: written when accepted, compared by text, apart by family, role and behavior."""

import re

import pytest

SPEC = "{instruct: [{finish: stop}], reasoning: [{finish: stop}]}"


@pytest.fixture
def accepted(project):
    """A project whose two behaviors have snapshots."""
    project.behavior(SPEC, name="one", snapshot="true", samples=2)
    project.behavior(SPEC, name="two", snapshot="true")
    project.run("--snapshot-update").assert_outcomes(passed=4)
    return project


def file(project, role="instruct", name="one"):
    return project.path / "snapshots" / "tiny" / role / f"{name}.ambr"


def judged(project):
    """Return the verdict on each snapshot, and what the page's seal says."""
    lines = [line for line in project.lines() if line["kind"] == "case"]
    page = (project.path / "page.html").read_text(encoding="utf-8")
    found = [(one["trait"], one["passed"], one["evidence"]["got"]) for one in lines]
    return found, re.search(r'<p class="seal.*?</p>', page)[0]


def recorded(project):
    """Return what the record keeps of each sample's snapshot, None where nothing differs."""
    return [line.get("snapshot") for line in project.lines() if line["kind"] == "sample"]


def test_a_missing_snapshot_says_how_to_accept(project):
    """The first run fails with the file and the option."""
    project.behavior(SPEC, snapshot="true")
    result = project.run("-m", "instruct")
    result.stdout.fnmatch_lines(
        [
            (
                "behaviors/says.yaml:4: expected a snapshot in snapshots/tiny/instruct/says.ambr, "
                "got none: accept it with --snapshot-update"
            )
        ]
    )
    assert not (project.path / "snapshots").exists()


def test_a_snapshot_is_readable(accepted):
    """Environment, prompt, sampling, seed, and each sample with its thinking apart."""
    text = file(accepted, "reasoning").read_text(encoding="utf-8")
    for part in (
        "# name: one[reasoning-zh]",
        "environment: cpu/",
        "user (chat):\n    | 你好！",
        "temperature 0.6",
        "seed 0",
        "sample 1: stop, thinking closed",
        "thinking:\n    | ",
        "answer:\n    | ",
    ):
        assert part in text


def test_the_same_text_passes(accepted):
    """Nothing is written where nothing changed, on workers too."""
    before = file(accepted).read_bytes()
    accepted.run().assert_outcomes(passed=4)
    accepted.run("-n", "2", "--snapshot-update").assert_outcomes(passed=4)
    assert file(accepted).read_bytes() == before


def test_a_changed_text_fails_with_a_diff_and_the_line(accepted):
    """The message has the YAML's line, the diff and the option that accepts."""
    path = file(accepted)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("  | 你好", "  | 您好", 1).replace("sample 0: stop", "sample 0: length"),
        encoding="utf-8",
    )
    result = accepted.run("-m", "instruct", "-k", "one")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            (
                "behaviors/one.yaml:4: expected the text of the snapshot, got another: "
                "accept it with --snapshot-update"
            ),
            "    -sample 0: length, thinking absent",
            "    +sample 0: stop, thinking absent",
        ]
    )
    first, second = recorded(accepted)
    assert (first["environment"], first["asked"], first["flip"]) == (None, False, None)
    assert (first["was"]["finish"], second["was"]) == ("length", None)
    accepted.run("-m", "instruct", "-k", "one", "--snapshot-update").assert_outcomes(passed=1)
    assert path.read_text(encoding="utf-8") == text
    assert recorded(accepted) == [None, None]


def test_a_partial_run_touches_no_other_file(accepted):
    """An update of one role leaves the others' snapshots, and a removed behavior's too."""
    others = {p: p.read_bytes() for p in (accepted.path / "snapshots").rglob("*.ambr")}
    (accepted.path / "behaviors" / "two.yaml").unlink()
    accepted.run("-m", "instruct", "--snapshot-update").assert_outcomes(passed=1)
    accepted.run("--snapshot-update").assert_outcomes(passed=2)
    assert {p: p.read_bytes() for p in others} == others


def test_pruning_is_asked_for(accepted):
    """`--qwen-prune-snapshots` with an update of everything removes what no case uses."""
    (accepted.path / "behaviors" / "two.yaml").unlink()
    result = accepted.run("--snapshot-update", "--qwen-prune-snapshots")
    assert result.ret == 0
    assert not file(accepted, name="two").exists()
    assert file(accepted).exists()


@pytest.mark.parametrize(
    "selection",
    [
        ["-m", "instruct"],
        ["-k", "one"],
        ["-x"],
        ["--ignore=behaviors/two.yaml"],
        ["behaviors/one.yaml"],
    ],
)
def test_a_partial_run_prunes_nothing(accepted, selection):
    """A part of the suite cannot know what the rest uses."""
    result = accepted.run("--snapshot-update", "--qwen-prune-snapshots", *selection)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*expected a run of the whole suite, got a selection*"])
    assert file(accepted, "reasoning").exists()
    assert file(accepted, name="two").exists()


def other_environment(path):
    text = path.read_text(encoding="utf-8")
    text = text.replace("torch 2", "torch 1").replace("sample 0: stop", "sample 0: length")
    path.write_text(text, encoding="utf-8")


def test_drift_is_reported_and_passes(accepted):
    """A difference from another environment's snapshot is shown at the end, with both environments."""
    other_environment(file(accepted))
    for arguments in ([], ["-n", "2"]):
        result = accepted.run("-m", "instruct", "-k", "one", *arguments)
        result.assert_outcomes(passed=1)
        result.stdout.no_fnmatch_line("*snapshot failed*")
        result.stdout.fnmatch_lines(
            [
                "*snapshots of another environment that differ here*",
                "behaviors/one.yaml::one[[]instruct-zh[]]: was environment: cpu/* float32, torch 1*, is environment: cpu/*; its tokens are the same",
            ]
        )
        kept = recorded(accepted)[0]
        assert ("torch 1" in kept["environment"], kept["was"]["finish"]) == (True, "length")


def test_the_seal_knows_of_snapshots(accepted):
    """A run that failed for a snapshot alone is not all met; drift that fails nothing is."""
    one = ["-m", "instruct", "-k", "one", "--qwen-report=page.html"]
    missed = '<p class="seal"><b>1</b>failed</p>'
    met = '<p class="seal calm"><b>✓</b>all met</p>'
    accepted.run(*one)
    assert judged(accepted) == ([("snapshot", True, "the same text")], met)
    other_environment(file(accepted))
    accepted.run(*one, "-n", "2").assert_outcomes(passed=1)
    assert judged(accepted) == ([("snapshot", True, "the text of another environment")], met)
    accepted.run(*one, "--qwen-strict-snapshots").assert_outcomes(failed=1)
    assert judged(accepted) == ([("snapshot", False, "another text")], missed)
    result = accepted.run(*one, "--qwen-record-only")
    result.assert_outcomes(passed=1)
    assert judged(accepted) == ([], met)
    file(accepted).unlink()
    accepted.run(*one, "-n", "2").assert_outcomes(failed=1)
    assert judged(accepted) == ([("snapshot", False, "no snapshot")], missed)
    (line,) = [line for line in accepted.lines() if line["kind"] == "case"]
    assert line["message"] == (
        "behaviors/one.yaml:4: expected a snapshot in snapshots/tiny/instruct/one.ambr, got none: "
        "accept it with --snapshot-update"
    )


def test_drift_fails_where_that_is_asked_for(accepted):
    """`--qwen-strict-snapshots` makes any difference a failure."""
    other_environment(file(accepted))
    result = accepted.run("-m", "instruct", "-k", "one", "--qwen-strict-snapshots")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["    -environment: cpu/* float32, torch 1*", "    +environment: cpu/*"]
    )


def test_the_same_text_of_another_environment_passes_quietly(accepted):
    """Only a difference is drift; the file keeps the environment that made it."""
    path = file(accepted)
    path.write_text(
        path.read_text(encoding="utf-8").replace("torch 2", "torch 1"), encoding="utf-8"
    )
    result = accepted.run("-m", "instruct", "-k", "one", "--snapshot-update")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*another environment*")
    assert "torch 1" in path.read_text(encoding="utf-8")


def test_workers_write_one_file_together(project):
    """Cases of one behavior on several workers lose nothing in their common file."""
    prompts = ", ".join(f"{{id: p{i}, text: 你好{i}}}" for i in range(8))
    project.write(
        "behaviors/many.yaml",
        f"behavior: many\nprompts: [{prompts}]\nexpect: {{instruct: []}}\nsnapshot: true\n",
    )
    project.run("-n", "3", "--snapshot-update").assert_outcomes(passed=8)
    assert file(project, name="many").read_text(encoding="utf-8").count("# name: many[") == 8
    assert [p.name for p in file(project).parent.iterdir()] == ["many.ambr"]
    project.run("-p", "no:xdist").assert_outcomes(passed=8)


def test_other_samples_leave_snapshots_out(accepted):
    """With `--qwen-samples` there is nothing to compare with."""
    accepted.run("--qwen-samples=3").assert_outcomes(passed=4)


def test_a_difference_is_told_by_its_first_token(accepted):
    """Which sample and token, both ids, and whether rounding can have done it."""
    path = file(accepted)
    text = re.sub(r"(text:\n +\| )", r"\1Ah: ", path.read_text(encoding="utf-8"), count=1)
    for margin, kind in (("0.001", "a near tie, which rounding can flip"), ("0.5", "no near tie")):
        changed = re.sub(
            r"(tokens, each with its margin:\n +0: )\d+:\S+", rf"\g<1>5:{margin}", text
        )
        path.write_text(changed, encoding="utf-8")
        result = accepted.run("-m", "instruct", "-k", "one", "--qwen-report=page.html")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "behaviors/one.yaml:4: expected the text of the snapshot, got another: *",
                f"    first at sample 0, token 0: * was 5, {margin} apart: {kind}",
            ]
        )
        page = (accepted.path / "page.html").read_text(encoding="utf-8")
        shown = "near tie: rounding alone could flip it" if margin == "0.001" else kind
        assert f"was 5, {margin} apart · {shown}" in page
        assert "<del>Ah: </del>" in page
        kept, same = recorded(accepted)
        assert (kept["flip"]["was"], kept["flip"]["near"]) == ("5", margin == "0.001")
        assert (kept["was"]["answer"][:4], same) == ("Ah: ", None)
