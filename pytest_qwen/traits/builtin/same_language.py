"""Whether a text keeps to one language, and to that of the prompt."""

from __future__ import annotations

from dataclasses import replace

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.language import language
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.verdict import Part, Verdict


@trait
def same_language(part: Part, share: float = 0.7) -> Verdict:
    """The text is in the language of the prompt; `of: thinking` holds the thought to it.

    The prompt's language is the one that most of its words are in, as `language` finds it.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> same_language(Part("Rice is a crop.", Reply(text=""), "水稻是什么？")).got
    'en for 100% of 4 words, the prompt is in zh'
    """
    wanted = language(Part(part.prompt, part.reply), "zh").values.get("language")
    if wanted is None:
        return Verdict(False, Reason("checks.prompt_without_language"))
    verdict = language(part, wanted, share)
    got = Reason("checks.language_and_prompt", text=verdict.got, prompt=wanted)
    return replace(verdict, got=got)
