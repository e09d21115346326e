"""`pytest-qwen validate`, as a user types it, and the rules of `spec/lint.py`."""

import pytest

from tests.cli.test_main import typed

WORDS = "{instruction_id: length_constraints:number_words, num_words: 50"
HEAD = "behavior: {name}\nprompts: [{{id: zh, text: 你好！}}]\nsamples: {samples}\nexpect:\n  instruct:\n"


def write(folder, *expectations, name="says", samples=4, file="behaviors/says.yaml"):
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    text = HEAD.format(name=name, samples=samples) + "".join(f"  - {one}\n" for one in expectations)
    path.write_text(text, "utf-8")
    return path


def test_what_is_right_has_no_problem(tmp_path):
    """Exit status 0, and how much was looked at."""
    write(
        tmp_path,
        "starts_with: 好",
        "{starts_with: 好的, at_least: 0.5}",
        "finish: [stop, length]",
        "{length: {at_most: 9}}",
    )
    assert typed(tmp_path, "pytest-qwen validate") == (0, "0 problems in 1 file\n", "")


@pytest.mark.parametrize(
    ("expectations", "told"),
    [
        (["start_with: x"], "6: expected a trait, got 'start_with': did you mean 'starts_with'?"),
        (
            ["{starts_with: x, at_least: 0.9}"],
            ("6: at_least 0.9 of 4 samples means all 4: draw 10 samples, or write 1"),
        ),
        (
            ["starts_with: 结论", "starts_with: 要点"],
            (
                "7: `starts_with '要点'` contradicts `starts_with '结论'` (line 6), "
                "no reply can satisfy both: remove one"
            ),
        ),
        (
            ["{finish: stop, at_least: 0.75}", "{finish: [length, nan], at_least: 0.5}"],
            (
                "7: `finish ['length', 'nan']` contradicts `finish 'stop'` (line 6), "
                "no reply can satisfy both: remove one"
            ),
        ),
        (
            ["{length: {at_most: 9}}", "{length: {at_least: 10}}"],
            (
                "7: `length {'at_least': 10}` contradicts `length {'at_most': 9}` (line 6), "
                "no reply can satisfy both: remove one"
            ),
        ),
        (
            ["continuation_loop", "{not: continuation_loop}"],
            (
                "7: `not continuation_loop` contradicts `continuation_loop` (line 6), "
                "no reply can satisfy both: remove one"
            ),
        ),
        (
            ["ifeval: startend:quotation", "ifeval: detectable_format:title"],
            (
                "7: IFEval never asks for `ifeval 'detectable_format:title'` together with "
                "`ifeval 'startend:quotation'` (line 6): remove one"
            ),
        ),
        (
            [
                f"{{ifeval: {WORDS}, relation: at least}}}}",
                f"{{ifeval: {WORDS}, relation: less than}}}}",
            ],
            (
                "7: `ifeval {'instruction_id': 'length_constraints:number_words', "
                "'num_words': 50, 'relation': 'less than'}` contradicts `ifeval {'instruction_id': "
                "'length_constraints:number_words', 'num_words': 50, 'relation': 'at least'}` "
                "(line 6), no reply can satisfy both: remove one"
            ),
        ),
        (
            ["{all: [{starts_with: 结论}, {length: {at_most: 99}}]}", "starts_with: 要点"],
            (
                "7: `starts_with '要点'` contradicts `starts_with '结论'` (line 6), "
                "no reply can satisfy both: remove one"
            ),
        ),
        (
            ["{all: [{finish: stop}, {finish: length}], at_least: 0.25}"],
            (
                "6: `finish 'length'` contradicts `finish 'stop'` (line 6), "
                "no reply can satisfy both: remove one"
            ),
        ),
        (
            ["{contains: x}", "{contains: x}"],
            "7: `contains 'x'` repeats line 6: remove one",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_line(tmp_path, expectations, told):
    """One line for each problem, as the collection tells them; exit status 1."""
    write(tmp_path, *expectations)
    expected = f"behaviors/says.yaml:{told}\n1 problem in 1 file\n"
    assert typed(tmp_path, "pytest-qwen validate") == (1, expected, "")


@pytest.mark.parametrize(
    "expectations",
    [
        ["{finish: stop, at_least: 0.5}", "{finish: length, at_least: 0.5}"],
        ["{length: {at_most: 9}}", "{length: {at_least: 10, unit: words}}"],
        ["{starts_with: 好}", "{starts_with: 坏, of: thinking}"],
        ["{sentences: {at_least: 2}}", "{sentences: 2}"],
        ["{not: {contains: x}}", "{contains: y}"],
        ["{any: [{starts_with: 好}, {starts_with: 坏}]}", "{starts_with: 是}"],
    ],
)
def test_what_can_be_met_together_is_left_alone(tmp_path, expectations):
    """By different samples, in different parts, in different units, or at one number."""
    write(tmp_path, *expectations)
    assert typed(tmp_path, "pytest-qwen validate")[0] == 0


def test_likely_mistakes_are_told_in_chinese(tmp_path):
    """Errors stay in English, as pytest tells them."""
    write(tmp_path, "starts_with: 结论", "{starts_with: 要点, at_least: 0.9}")
    write(tmp_path, "start_with: x", name="other", file="behaviors/typo.yaml")
    assert typed(tmp_path, "pytest-qwen validate --lang zh")[1] == (
        "behaviors/says.yaml:7: 4 个样本的 at_least 0.9 等于全部通过：请抽取 10 个样本，或写成 1\n"
        "behaviors/says.yaml:7: `starts_with '要点'` 与第 6 行的 `starts_with '结论'` 矛盾，"
        "没有回复能同时满足两者：请删去其中一条\n"
        "behaviors/typo.yaml:6: expected a trait, got 'start_with': did you mean 'starts_with'?\n"
        "2 个文件中有 3 个问题\n"
    )


def test_two_files_may_not_share_a_name(tmp_path):
    """Snapshots and records go by it."""
    write(tmp_path, "finish: stop")
    write(tmp_path, "finish: stop", file="behaviors/other/says.yaml")
    _, out, _ = typed(tmp_path, "pytest-qwen validate behaviors")
    assert out.splitlines()[0] == (
        "behaviors/says.yaml:1: expected a new name, got 'says': behaviors/other/says.yaml:1 has it"
    )


def test_a_family_without_the_role_is_told(tmp_path):
    """So that a suite is not skipped by surprise."""
    write(tmp_path, "finish: stop")
    (tmp_path / "mine.yaml").write_text(
        "family: mine\nbase: {checkpoint: nobody/nothing}\n", "utf-8"
    )
    _, out, _ = typed(tmp_path, "pytest-qwen validate --family mine.yaml")
    told = (
        "behaviors/says.yaml:5: the family mine has no instruct model, only base: "
        "remove the role, or choose another family"
    )
    assert out.splitlines()[0] == told


def test_a_mode_that_a_role_lacks_is_told(tmp_path):
    """Its template says so: the tiny Instruct model never thinks."""
    write(tmp_path, "thinking: closed", "thinking: [closed, absent]")
    _, out, _ = typed(tmp_path, "pytest-qwen validate --family tiny")
    assert out.splitlines()[0] == (
        "behaviors/says.yaml:6: `thinking 'closed'` can never pass with tiny's instruct model, "
        "which never thinks: remove the role, or choose another family"
    )


def test_a_switch_that_the_template_ignores_is_told(tmp_path):
    """A run would end each of its samples with that."""
    path = write(tmp_path, "finish: stop")
    path.write_text(path.read_text("utf-8") + "template: {enable_thought: true}\n", "utf-8")
    _, out, _ = typed(tmp_path, "pytest-qwen validate --family tiny")
    assert out.splitlines()[0] == (
        "behaviors/says.yaml:7: tiny's instruct template ignores 'enable_thought': "
        "use one of add_generation_prompt, messages"
    )


def test_a_checkpoint_that_is_not_here_is_told(tmp_path):
    """What its role can do is not known, and no problem would say otherwise."""
    write(tmp_path, "thinking: closed")
    family = "family: mine\ninstruct: {checkpoint: nowhere}\n"
    (tmp_path / "mine.yaml").write_text(family, "utf-8")
    code, out, err = typed(tmp_path, "pytest-qwen validate --family mine.yaml")
    assert (code, out) == (0, "0 problems in 1 file\n")
    assert err.startswith("the instruct role was not looked at: ")
    assert "nowhere" in err


def test_a_grid_has_an_end(tmp_path):
    """Else a slip in it would be seen when memory is full."""
    path = write(tmp_path, "finish: stop")
    values = ", ".join(str(n / 400) for n in range(1, 401))
    grid = f"sweep: {{temperature: [{values}], top_p: [{values}]}}\n"
    path.write_text(path.read_text("utf-8") + grid, "utf-8")
    _, out, _ = typed(tmp_path, "pytest-qwen validate")
    assert out.splitlines()[0] == (
        "behaviors/says.yaml:7: expected at most 100,000 prompts in all, got 160,000: "
        "give fewer values"
    )


def test_a_comparison_must_name_what_is_there(tmp_path):
    """The behaviors near it are looked through, as pytest does it."""
    write(tmp_path, "finish: stop")
    (tmp_path / "behaviors" / "ladder.yaml").write_text(
        "behavior: ladder\ncompare:\n- {measure: distinct_2, behaviors: [say], order: base < instruct}\n",
        "utf-8",
    )
    _, out, _ = typed(tmp_path, "pytest-qwen validate")
    assert "expected the name of a behavior, got 'say': did you mean 'says'?" in out


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_nothing_to_look_at_is_an_error(tmp_path, place):
    """A gate on a mistyped path must not pass."""
    (tmp_path / "empty").mkdir()
    status, out, err = typed(tmp_path, f"pytest-qwen validate {place}")
    assert (status, out) == (2, "")
    assert err.startswith(f"{place}: expected ")
