"""Replies that go on with what a prompt says, as a Base model does, instead of doing it."""

from __future__ import annotations

import re

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import folded_words, is_ended, sentences
from pytest_qwen.traits.verdict import Part, Verdict

_BEGIN = 3  # words that two requests of a kind begin with
_GOES_ON = re.compile(
    r"\s*(?:[,;:.!?，、。；：？！)）》」』]|(?:and|or|but|so|because|which|that)\b|并且|而且|以及)"
)
_ASKS = re.compile(
    r"(?:请|帮我|写一|列出|解释|介绍|翻译|总结|描述|说明|给出|比较)"
    r"|(?:please|write|list|explain|describe|translate|summari[sz]e|give|name|compare|tell|how|what"
    r"|why|which|who|when|where|can you|could you)\b",
    re.IGNORECASE,
)
# Signs of further instructions to a writer: a connective, which no answer begins with; `please`,
# except in `please provide`, which asks back, and courtesies (`please note`); the name of what is
# to be written.
_VERB = (
    r"(?:make sure|ensure|be sure|do not|don't|never|avoid|refrain|adhere|include|use|keep|limit"
    r"|write|mention|begin|start|end|wrap|highlight|respond|answer|follow|format|present|cite)"
)
_ZH_VERB = r"(?:确保|保证|避免|不要|勿|务必|使用|遵循|按照?|写|以|用|将|把|控制|注明|突出)"
_WRITTEN = (
    r"(?:words?|letters?|commas?|sentences?|paragraphs?|sections?|stanzas?|verses?|bullet points?"
    r"|responses?|answers?|repl(?:y|ies)|essays?|stor(?:y|ies)|poems?|articles?|introductions?"
    r"|titles?|keywords?|summar(?:y|ies)|tone|style|format|pronouns?|citations?)"
)
_ZH_WRITTEN = (
    "(?:字数|篇幅|全文|文章|作文|回答|回复|答案|诗歌|句子|段落|语言|内容|标题|[每全][一首篇段句行])"
)
_MORE = re.compile(
    r"(?:furthermore|additionally|moreover|also|lastly|finally|in addition|besides)\b,? *"
    rf"(?:please|{_VERB}|provide|give|explain|describe|list|discuss|consider|add)\b"
    rf"|(?:please|{_VERB})\b.{{0,80}}\b{_WRITTEN}\b"
    r"|(?:另外|此外|同时|最后|还有|而且|并且|其次)[，,]? *(?:请|务必|不要|需要?|要)"
    rf"|请(?:您|你)?{_ZH_VERB}|(?:不要|务必|要求|避免).{{0,20}}{_ZH_WRITTEN}",
    re.IGNORECASE,
)
_PLEASE = re.compile(rf"please {_VERB}\b", re.IGNORECASE)
_MUST_BE = re.compile(
    rf"(?:(?:the|your|each|every|all)\b.{{0,20}}\b(?P<en>{_WRITTEN})"
    r" (?:should|must|needs? to|has to)\b"
    rf"|(?P<zh>{_ZH_WRITTEN}).{{0,6}}(?:应|要|必须|需|不得|不少于|不超过|不能超过|控制在))",
    re.IGNORECASE,
)
_OF_ANY = re.compile(r"response|answer|repl|字数|篇幅|全文|每")  # whatever is asked for
# Where a letter in the prompt is brought to its end: `Thanks, Ann`.
_SIGNS_OFF = re.compile(
    r"(?i:thanks|thank you|many thanks|(?:best|kind|warm) regards|regards|best wishes|best|cheers"
    r"|(?:yours )?(?:sincerely|faithfully|truly))[,!.]\s*(?:[A-Z][\w.]*\s*){1,3}[.!]?$"
    r"|(?i:thank(?:s| you) (?:in advance|for your (?:help|assistance)))|(?:先|提前)(?:谢|感谢)"
)
# What asks for a text that tells others what to do, or tells it again.
_WANTS_REQUESTS = re.compile(
    r"\b(?:repeat|rewrite|rephrase|paraphrase|translate|proofread|how to)\b"
    r"|\bhow (?:do|can|should|would) (?:i|we|you|one) (?:write|structure|format|cite|answer)\b"
    r"|\b(?:write|give|create|make|list|generate|provide|draft|design|suggest|what)\b"
    r"(?:\W+\w+){0,5}\W+(?:prompts?|instructions?|rules|rubric|guidelines?|guide|tips|advice|steps)\b"
    r"|重复|复述|改写|翻译|润色|提示词|说明书|规则|指南|建议|步骤|怎么写|如何写",
    re.IGNORECASE,
)


@trait
def ignores_instruction(part: Part) -> Verdict:
    """The reply goes on with the text of the prompt instead of doing what it says.

    Its first sentence is searched for four signs: it continues a sentence of the prompt that has no
    end mark (`，并且…`, `and then …`); it is another request or question that begins like the
    prompt's (`请写一首…` after `请写一首…`), or the one that the prompt's examples repeat; it gives
    the writer further instructions (`Lastly, please ensure …`, `每段不少于五十字。`) and the prompt
    does not ask for such a text; it signs the prompt's letter (`Thanks, Ann`). A question in the
    model's own words is no sign. For an echo of the prompt there is `repeats_prompt`; whether an
    instruction was carried out well is not judged.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> text, prompt = "请写一首关于夏天的诗。", "请写一首关于春天的诗。"
    >>> ignores_instruction(Part(text, Reply(text=""), prompt)).got
    "another request, '请写一首关于夏天的诗。'"
    """
    span = next(iter(sentences(part.text)), None)
    if span is None or not part.prompt.strip():
        return Verdict(False, Reason("traits.nothing_to_go_on_with"))
    first = part.text[slice(*span)]
    if _GOES_ON.match(part.text) and not is_ended(part.prompt):
        got = Reason("traits.more_of_the_sentence", text=first)
    elif _is_another(first, part.prompt):
        got = Reason("traits.another_request", text=first)
    elif _tells_more(first, part.prompt):
        got = Reason("traits.more_of_the_request", text=first)
    elif _signs_off(first, part.prompt):
        got = Reason("traits.end_of_the_letter", text=first)
    else:
        return Verdict(False, Reason("traits.own_beginning", text=first))
    return Verdict(True, got, (span,))


def _is_another(first: str, prompt: str) -> bool:
    """Say whether a sentence is a request like one of the prompt's, or one that it repeats."""
    words = folded_words(first)
    asked = [folded_words(prompt[slice(*span)]) for span in sentences(prompt)]
    if words in asked:
        asks = first.endswith(("?", "？")) or _ASKS.match(first)
        return bool(asks) and len(words) >= _BEGIN and asked.count(words) > 1
    alike = any(words[:_BEGIN] == other[:_BEGIN] for other in asked if len(other) >= _BEGIN)
    return bool(alike and _ASKS.match(first))


def _tells_more(first: str, prompt: str) -> bool:
    """Say whether a sentence tells the writer how to write what the prompt asks for."""
    asked = _requests(prompt)
    if not asked or any(map(_WANTS_REQUESTS.search, asked)) or first in prompt:
        return False
    named = _MUST_BE.match(first)
    if named:
        noun = (named["en"] or named["zh"]).casefold()
        return noun.rstrip("s") in prompt.casefold() or _OF_ANY.match(noun) is not None
    return bool(_MORE.match(first) or _PLEASE.match(first))


def _signs_off(first: str, prompt: str) -> bool:
    """Say whether a sentence ends a letter that the prompt began."""
    reworded = any(map(_WANTS_REQUESTS.search, _requests(prompt)))
    return bool(_SIGNS_OFF.match(first)) and not reworded


def _requests(prompt: str) -> list[str]:
    """Return the prompt's sentences that ask for something."""
    all_of_it = (prompt[slice(*span)] for span in sentences(prompt))
    return [text for text in all_of_it if _ASKS.match(text) or text.endswith(("?", "？"))]
