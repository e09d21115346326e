"""The text of a snapshot, and what the record keeps of a difference from it."""

from pathlib import Path

import pytest

from pytest_qwen.record.parts import SnapshotDifference, SnapshotSample, TokenFlip
from pytest_qwen.record.snapshot_text import KEPT, Parts, differences

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"


def snapshot(*samples, environment="cpu/avx2 float32, torch 2.1", seed=0, tokens=""):
    """Return a snapshot of samples, each the lines that its text has there."""
    said = [f"sample {n}: stop, thinking absent\ntext:\n{text}" for n, text in enumerate(samples)]
    head = f"environment: {environment}\nuser (chat):\n  | sample 7: stop, thinking absent"
    lines = [head, f"sampling: top_k 20, seed {seed}", *said, "tokens, each with its margin:"]
    return Parts.of("\n".join([*lines, tokens]))


def test_the_same_text_is_no_difference():
    """Nor is another environment or other tokens alone."""
    other = snapshot("  | 你好", environment="cuda/H100 bfloat16, torch 2.1", tokens="  0: 5:1")
    assert differences(snapshot("  | 你好"), other) == {}


def test_a_sample_that_differs_is_kept_as_it_was():
    """With its first token, and no word of the samples that are the same."""
    before = snapshot("  | a\n  | \n  | b", "  | same", tokens="  0: 5:0.004 6:1\n  1: 9:1")
    now = snapshot("  | a\n  | c", "  | same", tokens="  0: 7:1\n  1: 9:1")
    assert differences(before, now) == {
        0: SnapshotDifference(
            flip=TokenFlip(token=0, was="5", now="7", margin=0.004, near=True),
            was=SnapshotSample(finish="stop", thinking_state="absent", answer="a\n\nb"),
        )
    }


def test_another_environment_is_named():
    """Its number format says how near a token must have been."""
    before = snapshot("  | a", environment="cuda/H100 bfloat16, torch 2.1", tokens="  0: 5:0.2")
    found = differences(before, snapshot("  | b", tokens="  0: 6:9"))[0]
    assert found.environment == "cuda/H100 bfloat16, torch 2.1"
    assert found.flip.near


@pytest.mark.parametrize(
    "now", [snapshot("  | a", seed=1), snapshot("  | a", "  | b")], ids=["seed", "samples"]
)
def test_what_was_asked_may_differ(now):
    """Then every sample says so, those with an equal text too."""
    found = differences(snapshot("  | a"), now)
    assert {(sample.asked, sample.was) for sample in found.values()} == {(False, None)}
    assert len(found) == now.conversation.count("text:")


def test_a_huge_text_loses_its_end():
    """The record does not grow without bound, and says how much is left out."""
    (found,) = differences(snapshot("  | " + "长" * 50_000), snapshot("  | 短")).values()
    assert found.was.answer == "长" * KEPT
    assert found.was.left_out == 50_000 - KEPT


def test_a_snapshot_edited_by_hand_does_no_harm():
    """Numbers that are none, lines out of place: a difference, and no crash."""
    odd = Parts.of("x\nsample 99999999999: a\nsample 0: , thinking \n  | y\ntext:\n\n  | z")
    (found,) = differences(odd, snapshot("  | a")).values()
    assert not found.asked
    infinite = snapshot("  | a", tokens="  0: 5:inf 6:nan")
    flip = differences(infinite, snapshot("  | b", tokens="  0: 7:1"))[0].flip
    assert flip.margin == "inf"


@pytest.mark.parametrize("role", ["base", "instruct", "reasoning"])
def test_real_snapshots_are_read_whole(role):
    """Every quoted line behind a sample is found again as its thinking or its answer."""
    for file in sorted((SNAPSHOTS / "tiny" / role).glob("*.ambr")):
        for text in file.read_text(encoding="utf-8").split("# name: ")[1:]:
            lines = [line.removeprefix("  ") for line in text.splitlines()[1:]]
            parts = Parts.of("\n".join(lines))
            assert differences(parts, parts) == {}
            gone = parts._replace(conversation=parts.conversation.replace("\n  | ", "\n  | +"))
            kept = [sample.was for sample in differences(parts, gone).values()]
            quoted = parts.conversation.partition("\nsample 0: ")[2].count("\n  | ")
            texts = [t for was in kept for t in (was.thinking, was.answer)]
            assert sum(t.count("\n") + 1 for t in texts if t) >= quoted - texts.count("")
            assert len(kept) == parts.conversation.count("\nsample ")
