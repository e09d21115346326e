"""Reasons as data: a code with values, and its text in English and in Chinese.

reason = Reason("gate.missing", n=3, of=12)
reason                     "3 of 12 samples are missing": a str, its own English text
reason.to_json()           {"code": "gate.missing", "values": {"n": 3, "of": 12}}
in_language(reason, "zh")  "12 个样本中缺少 3 个"

`catalog/AREA.json` has the texts of an area's codes in every language; the area stands before a
code's first dot. A placeholder is written as for `str.format`, and besides:

{n} {n:reply|replies}       the first form for 1, the second for every other number
{text!q}                    quoted, shortened to one line
{names}, {reasons:; }       a list, joined by ", " ("、" in Chinese) or by what follows the colon
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from string import Formatter
from typing import Any, Literal, Self, get_args

from pytest_qwen.messages.names import shorten

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

FOLDER = Path(__file__).parent / "catalog"
_LONGEST = 400  # characters of a value in a record; what quotes a text shows less of either end
_JOINED_BY: dict[Language, str] = {"en": ", ", "zh": "、"}


class Reason(str):
    """Why something is as it is, or what is wrong, in every language; as a text it is English.

    Values are numbers, texts, None, other reasons, and lists of these.

    Raises:
        KeyError: the catalog has no such code, or its text needs another value.
    """

    __slots__ = ("code", "values")
    code: str
    values: dict[str, Any]

    def __new__(cls, code: str, /, **values: Any) -> Self:
        """Look the code up and fill in the values."""
        reason = super().__new__(cls, text_of(code, "en", values))
        reason.code, reason.values = code, values
        return reason

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Say how a copy is made."""
        return (self.code,), self.values

    def to_json(self) -> dict[str, Any]:
        """Return code and values as plain data, also of reasons among them; long texts are cut."""
        return {"code": self.code, "values": _plain(self.values)}


def in_language(text: str, language: Language) -> str:
    """Return a reason in a language; other text as it is."""
    return text_of(text.code, language, text.values) if isinstance(text, Reason) else text


def from_json(data: Any) -> Reason | None:
    """Rebuild a reason from what `to_json` returned; None where no catalog has it like that.

    The data may come from another release, or from a stranger.
    """
    try:
        return Reason(data["code"], **{str(k): _rebuilt(v) for k, v in data["values"].items()})
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        return None


def codes_of(texts: Iterable[str]) -> list[dict[str, Any] | None]:
    """Return code and values of each text, None of one that is no reason."""
    return [text.to_json() if isinstance(text, Reason) else None for text in texts]


def with_codes(texts: Iterable[str], codes: Iterable[Any]) -> tuple[str, ...]:
    """Return texts as the reasons that they were, by the codes beside them; others as they are."""
    pairs = zip(texts, chain(codes, repeat(None)), strict=False)
    return tuple((code and from_json(code)) or text for text, code in pairs)


@cache
def catalog(area: str) -> Mapping[str, Mapping[Language, str]]:
    """Return the texts of an area's codes by language.

    Raises:
        KeyError: there is no such area.
    """
    if area not in areas():
        raise KeyError(area)
    texts: dict[str, dict[Language, str]] = json.loads((FOLDER / f"{area}.json").read_bytes())
    return texts


@cache
def areas() -> tuple[str, ...]:
    """Return the areas that have a catalog."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


class _Filler(Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, list | tuple):
            joined_by = format_spec or _JOINED_BY[self.language]
            return joined_by.join(in_language(as_text(item), self.language) for item in value)
        if "|" in format_spec:
            singular, plural = format_spec.split("|")
            return singular if value == 1 else plural
        if isinstance(value, Reason):
            value = in_language(value, self.language)
        text: str = super().format_field(value, format_spec)
        return text

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        return (
            shorten(str(value)) if conversion == "q" else super().convert_field(value, conversion)
        )


def as_text(value: Any) -> str:
    """Return a value as text; a reason stays one."""
    return value if isinstance(value, str) else str(value)


def text_of(code: str, language: Language, values: Mapping[str, Any]) -> str:
    """Return the text of a code in a language, with the values in its places.

    Raises:
        KeyError: the catalog has no such code, or its text needs another value.
    """
    return _Filler(language).vformat(catalog(code.partition(".")[0])[code][language], (), values)


def _plain(value: Any) -> Any:
    if isinstance(value, Reason):
        return value.to_json()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, str) and len(value) > _LONGEST:
        return f"{value[: _LONGEST // 2]}…{value[-_LONGEST // 2 :]}"
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _rebuilt(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_rebuilt(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if (reason := from_json(value)) is None:
        raise ValueError("no reason")
    return reason
