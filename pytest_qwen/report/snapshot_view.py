"""What the page shows of a sample that differs from its snapshot."""

from __future__ import annotations

from typing import NamedTuple

from pytest_qwen.record.parts import SnapshotDifference
from pytest_qwen.report.badges import Badge, stray_badge
from pytest_qwen.report.texts.against import AgainstSnapshot
from pytest_qwen.report.texts.marks import Shown
from pytest_qwen.report.words import Words


class ChangedText(NamedTuple):
    """One text with its changes, or the snapshot's alone where both share little (`rewritten`)."""

    shown: Shown
    rewritten: bool


class SnapshotView(NamedTuple):
    """How a sample differs from its snapshot; parts are None where they do not."""

    badges: list[Badge]
    about: str
    not_asked: bool
    environment: str
    answer: ChangedText | None
    thinking: ChangedText | None
    left_out: str


def snapshot_view(difference: AgainstSnapshot, words: Words) -> SnapshotView:
    """Return the view of a difference."""
    stray, was = difference.stray, difference.stray.was
    about = [_first_flip(stray, words)]
    if was and difference.ended:
        state = f"{words.thinking} {was.thinking_state[:20]}"
        about.append(f"{words.ended} {was.finish[:20]}{words.comma}{state}")
    environment = stray.environment[:400] if stray.environment else ""
    return SnapshotView(
        badges=[stray_badge(kind, words) for kind in stray.kinds],
        about=" · ".join(filter(None, about)),
        not_asked=not stray.asked,
        environment=words.labeled(words.of_environment, environment) if environment else "",
        answer=_changed(difference.answer),
        thinking=_changed(difference.thinking),
        left_out=words("left_out", n=was.left_out) if was and was.left_out else "",
    )


def _changed(texts: list[Shown]) -> ChangedText | None:
    """Return what is shown of a part; its text of now stands above anyway."""
    return ChangedText(texts[0], len(texts) > 1) if texts else None


def _first_flip(stray: SnapshotDifference, words: Words) -> str:
    """Say where the tokens part from those of the snapshot."""
    flip = stray.flip
    if flip is None:
        return words.same_tokens if stray.was else ""
    ids = {"was": flip.was[:20], "now": flip.now[:20], "margin": flip.margin}
    where = words("first_flip", token=flip.token, **ids)
    return f"{where} · {words.near if flip.near else words.not_near}"
