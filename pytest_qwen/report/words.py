"""What the page says in its language: its own words, and reasons that a record or the gate has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pytest_qwen.messages.reason import Language, Reason, catalog, in_language, text_of


class Phrase(NamedTuple):
    """A text and its language, "" where that is the page's."""

    text: str
    language: str = ""


class Words:
    """The texts of `messages/catalog/page.json` in one language.

    `words.title` is a text, `words("more", n=3)` one with a value.

    Raises:
        KeyError: the catalog has no such text, or it needs another value.
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, name: str, **values: object) -> str:
        """Return a text with its values filled in."""
        return text_of(f"page.{name}", self.language, values)

    def __getattr__(self, name: str) -> str:
        """Return a text that needs no value."""
        if f"page.{name}" not in catalog("page"):
            raise AttributeError(name)
        return self(name)

    def foreign(self, language: str) -> bool:
        """Say whether a text's language is another than the page's; "" is the page's."""
        return language not in {"", self.language}

    def phrase(self, text: str, limit: int, label: str = "") -> Phrase:
        """Return a text of a record or a gate.

        A `Reason` is in the page's language, any other text is English.

        Args:
            text: a reason, or English without a code.
            limit: characters that are shown of it.
            label: what stands before it and a colon.
        """
        foreign = self.language != "en" and text != "" and not isinstance(text, Reason)
        before = f"{label}{': ' if foreign else self.colon}" if label else ""
        return Phrase(before + in_language(text, self.language)[:limit], "en" if foreign else "")

    def paragraphs(self, phrases: Iterable[Phrase]) -> list[Phrase]:
        """Join neighbors of the same language, a line each."""
        joined: list[Phrase] = []
        for phrase in phrases:
            if joined and joined[-1].language == phrase.language:
                joined[-1] = Phrase(f"{joined[-1].text}\n{phrase.text}", phrase.language)
            else:
                joined.append(phrase)
        return joined

    def labeled(self, label: str, text: object) -> str:
        """Return `label: text` with the colon of the language."""
        return f"{label}{self.colon}{text}"

    def listed(self, texts: Iterable[object]) -> str:
        """Return texts as a list within a sentence."""
        return self.enumerates.join(map(str, texts))
