"""What differs between the families of the two records, as preflight found it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from pytest_qwen.record.preflight import PreflightDifference, Text
from pytest_qwen.report.badges import Badge
from pytest_qwen.report.beside import same_families
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.texts.against import merged
from pytest_qwen.report.texts.marks import Shown
from pytest_qwen.report.words import Phrase, Words

_MOST = 50
_MOST_BEHAVIORS = 40
_VALUE_LIMIT = 400
"""Characters of what was before and after that are shown."""

_BOTH: tuple[Text, Text] = ("before", "after")


class DifferenceView(NamedTuple):
    """A difference: what, for which role, its values, why it matters, and what it affects.

    Of the values there is one text with its changes, or both where they share little. Behaviors
    have the place of their case, "" where they have none in the page.
    """

    what: Phrase
    badge: Badge
    role: str
    values: list[Shown]
    why: Phrase
    behaviors: list[tuple[str, str]]
    more: str


class Differences(NamedTuple):
    """Differences of one kind: how many, the first of them, how many more there are."""

    label: str
    shown: list[DifferenceView]
    more: str


@dataclass(frozen=True)
class PreflightSection:
    """What breaks, and behind it what is harmless."""

    template: ClassVar[str] = "preflight.jinja"
    title: str
    about: str
    other_families: bool
    note: str
    breaking: Differences
    harmless: Differences

    @classmethod
    def of(cls, contents: Contents) -> PreflightSection | None:
        """Sort the differences; None without a preflight."""
        preflight, words = contents.preflight, contents.words
        if preflight is None or contents.was is None:
            return None
        places = _first_places(contents)
        kinds = [
            _differences(
                preflight.of(kind), words(f"n_{kind}", n=len(preflight.of(kind))), words, places
            )
            for kind in ("breaking", "harmless")
        ]
        title = words.comma.join(kind.label for kind in kinds)
        about = f"{preflight.before[:200]} → {preflight.candidate[:200]}"
        if preflight.behaviors is not None and preflight.differences:
            affected = words("n_affected", n=preflight.affected, m=preflight.behaviors)
            about += f" · {affected}"
        notes = [words.breaking_note, *[words.no_suite] * (preflight.behaviors is None)]
        return cls(
            title=words.labeled(
                words.preflight, title if preflight.differences else words.no_difference
            ),
            about=about,
            other_families=not same_families(preflight, contents.now, contents.was),
            note=" ".join(notes),
            breaking=kinds[0],
            harmless=kinds[1],
        )


def _first_places(contents: Contents) -> dict[tuple[str, str], str]:
    """Return where the first case of each behavior and role stands in the page."""
    return {case.case.names[:2]: f"#{case.id}" for case in reversed(contents.cases)}


def _differences(
    differences: Sequence[PreflightDifference],
    label: str,
    words: Words,
    places: Mapping[tuple[str, str], str],
) -> Differences:
    shown = [_view(difference, words, places) for difference in differences[:_MOST]]
    return Differences(label, shown, _more(len(differences) - _MOST, words))


def _view(
    difference: PreflightDifference, words: Words, places: Mapping[tuple[str, str], str]
) -> DifferenceView:
    behaviors = difference.behaviors or []
    named = behaviors[:_MOST_BEHAVIORS]
    return DifferenceView(
        what=_phrase(difference, "what", 120, words),
        badge=Badge(words(difference.kind), bad=difference.kind == "breaking"),
        role=difference.role[:40],
        values=_values(difference, words),
        why=_phrase(difference, "why", 400, words),
        behaviors=[(name[:80], places.get((name, difference.role), "")) for name in named],
        more=_more(len(behaviors) - len(named), words),
    )


def _phrase(difference: PreflightDifference, name: Text, limit: int, words: Words) -> Phrase:
    text, language = difference.text(name, words.language)
    return Phrase(text[:limit], "" if language == words.language else language)


def _values(difference: PreflightDifference, words: Words) -> list[Shown]:
    before, after = (difference.text(name, words.language)[0] for name in _BOTH)
    return merged(before, after, _VALUE_LIMIT)


def _more(n: int, words: Words) -> str:
    return f"+ {words('more', n=n)}" if n > 0 else ""
