"""Head and foot of the page: whose run it is, the seal that says what came of it, the keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pytest_qwen.report.compare import lost
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.words import Words

_PASSING = frozenset({"PASS", "MINOR"})


@dataclass(frozen=True)
class Seal:
    """The result in one sign and a few words; `calm` where nothing is wrong."""

    mark: str
    text: str
    calm: bool


@dataclass(frozen=True)
class Head:
    """Family, size, seal, and how many cases differ from their snapshots ("" where none does)."""

    template: ClassVar[str] = "head.jinja"
    title: str
    family: str
    size: str
    seal: Seal
    strays: str
    strayed: bool
    themes: list[tuple[str, str, bool]]
    """Name, text, and whether it is chosen."""

    @classmethod
    def of(cls, contents: Contents) -> Head:
        """Count what the contents have."""
        words, counts = contents.words, contents.now.completeness
        size = [words("n_cases", n=counts["observed"]), words("n_samples", n=counts["samples"])]
        if contents.was:
            size.append(f"{words.baseline} → {words.candidate}")
        strays = contents.strays
        return cls(
            title=words.labeled(words.title, contents.now.header.family),
            family=contents.now.header.family or "–",
            size=" · ".join(size),
            seal=_seal(contents, words),
            strays=words("strays", n=len(strays)) if strays else "",
            strayed=bool(strays and strays[0].strays["strayed"]),
            themes=[(name, words(name), name == "auto") for name in ("auto", "light", "dark")],
        )


def _seal(contents: Contents, words: Words) -> Seal:
    if decision := contents.decision:
        return Seal(decision.verdict, words.gate, decision.verdict in _PASSING)
    if not contents.now.whole:
        return Seal("!", words.not_whole, calm=False)
    if contents.was:
        n = sum(case.change in {"regressed", "gone"} for case in contents.changed)
        n += sum(map(lost, contents.relations))
        text = words("n_regressed", n=n) if n else words.none_regressed
    else:
        n = sum(not case.met for case in contents.now.cases.values())
        n += sum(not relation.met for relation, _ in contents.relations)
        text = words("n_missed", n=n) if n else words.all_met
    return Seal(str(n) if n else "✓", text, calm=not n)


_KEYS = {
    "j": "key_j",
    "k": "key_k",
    "/": "key_slash",
    "x": "key_x",
    "d": "key_d",
    "?": "key_question",
}


@dataclass(frozen=True)
class Foot:
    """The keys that the page's script knows, with what they do."""

    template: ClassVar[str] = "foot.jinja"
    keys: list[tuple[str, str]]

    @classmethod
    def of(cls, contents: Contents) -> Foot:
        """List the keys."""
        return cls([(key, contents.words(name)) for key, name in _KEYS.items()])
