"""Two texts in one, and a sample against its snapshot."""

import random

import pytest

from pytest_qwen.record.codec import line_from_data
from pytest_qwen.report import page_of
from pytest_qwen.report.compare import compare_runs, strays
from pytest_qwen.report.run import read
from pytest_qwen.report.texts.against import CONTEXT, against, merged
from pytest_qwen.report.texts.diff import together
from tests.report.records import record, sample
from tests.report.test_page import Parsed

FLIP = {"token": 3, "was": "143", "now": "287", "margin": 0.0021, "near": True}


def stray(text="早上好。", was="晚上好。", *, number=0, prompt="zh", kept=None, **fields):
    """Return a sample line that differs from its snapshot."""
    snapshot = {"finish": "stop", "thinking_state": "absent", "answer": was, **(kept or {})}
    line = sample(text, number=number, prompt=prompt)
    return line | {"snapshot": {"environment": None, "was": snapshot, **fields}}


def test_both_texts_are_in_the_one():
    """Without what was added it is the old text, without what was removed the new one."""
    rng = random.Random(0)
    for _ in range(300):
        old, new = (
            "".join(rng.choices(["水", "稻", " ", "\n", "a", "b. "], k=rng.randrange(12)))
            for _ in range(2)
        )
        if both := together(old, new):
            text, removed, added = both
            for left_out, whole in ((added, old), (removed, new)):
                kept = list(text)
                for start, end in left_out:
                    kept[start:end] = [""] * (end - start)
                assert "".join(kept) == whole


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("早上好。", "晚上好。", "[-早][+晚]上好。"),
        ("the old cat sat here", "the new dog sat here", "the [-old cat][+new dog] sat here"),
        ("wholly", "another", "wholly | another"),
        ("0" + "x " * 100 + "end", "0" + "x " * 100 + "END", "… {x} [-end][+END]"),
    ],
)
def test_what_changed_is_shown_among_what_did_not(old, new, shown):
    """Long stretches of what is the same are left out; texts that share little stand alone."""
    signs = {"removed": "[-{}]", "added": "[+{}]", "gap": "… ", "": "{}"}
    expected = [
        "".join(signs[p.kind].format(p.text) for p in merge.pieces)
        for merge in merged(old, new, 1000)
    ]
    context = ("x " * CONTEXT)[-CONTEXT:]
    assert " | ".join(expected) == shown.replace("{x} ", context)


def test_a_long_change_ends_at_the_limit():
    """The page stays small whatever a record says."""
    (shown,) = merged("a " * 3000, "a " * 3000 + "b " * 1000, 400)
    assert [len(piece.text) for piece in shown.pieces] == [0, CONTEXT, 400, 0]
    assert [piece.left_out for piece in shown.pieces] == [6000 - CONTEXT, 0, 0, 1600]


def test_hidden_characters_are_compared_as_the_snapshot_has_them():
    """An escape in the snapshot is the character in the reply."""
    line = line_from_data(stray("a\x1b[31m b", r"a\x1b[31m c"))
    (shown,) = against(line, 1000).answer
    assert [(p.text, p.kind) for p in shown.pieces if p.kind] == [("c", "removed"), ("b", "added")]


def test_a_snapshot_whose_end_is_left_out_is_no_loss():
    """Only as much of the reply is compared as the record kept of the snapshot."""
    line = line_from_data(stray("长" * 30_000, "短" + "长" * 19_999, kept={"left_out": 10_001}))
    (shown,) = against(line, 30_000).answer
    assert sum(len(piece.text) for piece in shown.pieces if piece.kind == "added") == 1


@pytest.mark.parametrize(
    ("fields", "kinds", "expected"),
    [
        ({"flip": FLIP}, ["near_tie"], "first at token 3: 287 was 143, 0.0021 apart · near tie"),
        ({"flip": {**FLIP, "near": False}}, ["strayed"], "0.0021 apart · no near tie"),
        ({"environment": "cuda/H100"}, ["drift"], "The snapshot's environment: cuda/H100"),
        (
            {"environment": "cuda/H100", "flip": FLIP},
            ["near_tie", "drift"],
            "near tie: rounding alone could flip it",
        ),
        (
            {"asked": False, "flip": FLIP},
            ["strayed"],
            "The prompt, the sampling parameters or the number",
        ),
        ({"kept": {"finish": "length"}}, ["strayed"], "ended length, thinking absent"),
    ],
)
def test_the_class_of_a_difference_is_shown(tmp_path, fields, kinds, expected):
    """As the run tells it on the terminal: a near tie, another environment, or a change."""
    path = record(tmp_path / "r", stray(**fields), sample(number=1))
    (case,) = strays(compare_runs(read(path), None))
    assert sorted(case.strays) == sorted(kinds)
    page = page_of(path).decode()
    assert "<del>晚</del><ins>早</ins>上好。" in page
    text = " ".join(Parsed(page.encode()).text.split())
    assert expected in text
    assert "1 case differs from its snapshot" in text
    assert "snapshot" in case.tags


def test_changes_come_before_near_ties(tmp_path):
    """In the list; and a case that differs comes before one that is calm."""
    lines = [sample(prompt="calm"), stray(prompt="flipped", flip=FLIP), stray(prompt="other")]
    page = page_of(record(tmp_path / "r", *lines)).decode()
    listed = page[page.index('id="snapshots"') : page.index("Behaviors and roles")]
    assert listed.index("other") < listed.index("flipped")
    assert "calm" not in listed
    cases = page[page.index('id="cases"') :]
    assert cases.index("flipped") < cases.index("calm")


def test_a_page_without_differences_says_nothing_of_snapshots(tmp_path):
    """No section, no filter, no mark."""
    page = page_of(record(tmp_path / "r", sample())).decode()
    assert "snapshot" not in page.partition("</style>")[2].partition("<script>")[0]


def test_thinking_that_differs_is_folded(tmp_path):
    """The answer is read first; where it is the same, the thinking is open."""
    line = stray("好。", "好。", kept={"thinking": "Hm, yes."})
    line["reply"] |= {"thinking": "Hm, no.", "answer": "好。"}
    page = page_of(record(tmp_path / "r", line)).decode()
    assert '<details class="thinking" open><summary>thinking</summary>' in page
    assert "Hm, <del>yes</del><ins>no</ins>." in page


def test_the_baseline_and_the_snapshot_are_apart(tmp_path):
    """With two records the candidate's difference from its snapshot stands below both texts."""
    was, now = record(tmp_path / "w", sample("早上好。")), record(tmp_path / "n", stray())
    page = page_of(now, was).decode()
    assert "the same text as in the baseline" in page
    assert "<del>晚</del><ins>早</ins>" in page
