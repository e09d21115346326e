"""Replies that ask back."""

from __future__ import annotations

import re
from itertools import islice

from pytest_qwen.messages.reason import Reason
from pytest_qwen.traits.builtin.run_on_turns import own_turn
from pytest_qwen.traits.registry import trait
from pytest_qwen.traits.text import sentences, words
from pytest_qwen.traits.verdict import Part, Verdict

# Who asks back does so at once: after more words than this it is an offer to go on.
_LEAD = 100
# What is asked of the user, by telling: to give, to say, to make clear.
_ZH_GIVE = (
    r"(?:告诉|告知|提供|说明|说说|说一下|补充|澄清|明确|描述|指出|指明"
    r"|分享|发给|列出|详细|具体|给出|确认|解释|展开)"
)
_EN_GIVE = (
    r"(?:clarify|specify|provide|tell me|share|give me|elaborate|describe|rephrase|confirm|explain"
    r"|let me know|be more specific|narrow|paste|upload|send|indicate|expand)"
)
_REQUEST = re.compile(
    r"(?:请|麻烦|能否|能不能|可否|可以|需要)"
    rf"(?:问|您|你|先|再|把|将|用|更|进一步|一下|能|也|[ ，,]){{0,6}}{_ZH_GIVE}"
    rf"|(?:能否|能不能|能|可以)[^。？！]{{0,8}}(?:{_ZH_GIVE}|是哪)[^。？！]{{0,40}}[吗？?]"
    r"|需要(?:先)?(?:知道|了解)[您你]|(?:需要|缺少|没有|还差)[^。？！]{0,8}"
    r"(?:更多|具体|详细|足够|进一步)[^。？！]{0,8}(?:信息|细节|上下文|内容|背景|资料)"
    rf"|\b(?:please|(?:could|can|would|will) you)\b[^.?!]{{0,30}}\b{_EN_GIVE}\b"
    r"|\b(?:i|we)(?:'d| would)? need "
    r"(?:to know|(?:some |a (?:bit|little) )?more|further|additional)\b",
    re.IGNORECASE,
)
# A question to the user is about what they mean, want or have; 你知道吗 is only rhetorical.
_QUESTION = re.compile(
    r"(?:[您你][^。？！]{0,24}(?:指的?是?|说的|想|要|需要|希望|打算|提到|喜欢|偏好|预算|关于|是否)"
    r"|(?:指的是|说的是|请问)[^。？！]{0,24}(?:哪|什么|谁|多少|怎|几|吗|还是))"
    r"|\b(?:do|did|are|is|would|were|have|what|which|who|where|when|how)\b[^.?!]{0,60}"
    r"\b(?:you|your)\b[^.?!]{0,40}\b(?:mean|refer|want|need|like|look|mind|ask|talk|try|prefer"
    r"|interested|trying|budget|plan|use|using|have)",
    re.IGNORECASE,
)
# Neither an offer of more help nor a call to think about it asks for what is missing.
_OFFER = re.compile(
    r"其[他它]|任何|还有(?:什么|哪些)|还需要|随时|有问题|有疑问|想过|知道吗|帮(?:到|助)[您你].{0,6}吗"
    r"|\bother (?:question|topic|thing|way|request)s?\b"
    r"|\b(?:any|further|anything|else|feel free|hope|ever|tired|(?:help|assist) you)\b"
    r"(?! (?:details|information|context))",
    re.IGNORECASE,
)
# Who asked only to tell goes on with the answer.
_TELLS = re.compile(
    r"\W{0,9}(?:(?:这是)?因为|原因|答案|because\b|(?:here(?: is|'s) )?the (?:reason|answer)\b)",
    re.IGNORECASE,
)


@trait
def asks_back(part: Part) -> Verdict:
    """The reply asks the user for what is missing, by a question or by a request.

    It does so within its first hundred words: `请问您具体指的是什么？`, `请提供更多信息`,
    `Could you clarify …?`, `What do you mean by …?`. A question that is not about what
    the user means, wants or has is rhetorical, and so is one that the next sentence answers
    (`因为…`); `anything else?` is an offer, what the prompt says is an echo, and what an invented
    user asks is not the reply's question; none of them asks back.

    >>> from pytest_qwen.model_io.reply import Reply
    >>> asks_back(Part("请问您指的是哪一本？", Reply(text=""))).spans
    ((0, 10),)
    """
    reach, _ = next(islice(words(part.text), _LEAD, None), (len(part.text), None))
    for start, end in sentences(own_turn(part.text, part.prompt)):
        sentence = part.text[start : min(end, reach)]
        is_question = sentence.rstrip("\"'”’」』)）*_` ").endswith(("?", "？"))
        asks = _REQUEST.search(sentence) or (is_question and _QUESTION.search(sentence))
        answered = is_question and _TELLS.match(part.text, end)
        if asks and not (answered or _OFFER.search(sentence) or sentence in part.prompt):
            return Verdict(True, Reason("traits.asked_back", text=sentence), ((start, end),))
    return Verdict(False, Reason("traits.asked_nothing"))
