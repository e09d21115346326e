"""Examples of `asks_back`."""

from __future__ import annotations

from tests.traits.table import Row

LONG = "水稻是一种粮食作物。" * 12
TABLE = [
    Row(None, "请问您具体指的是哪个东西？我可以帮您。", True, "asked back by '请问您具体指的是哪个东西？'", ((0, 13),)),
    Row(None, "抱歉。请提供更多信息，以便我帮您。", True, spans=((3, 17),)),
    Row(None, "能具体说说吗？", True),
    Row(None, "为了推荐餐厅，我需要知道您的位置。", True),
    Row(None, "你说的“那个”是什么呢？", True),
    Row(None, "COULD YOU PLEASE clarify what you mean by 'that'?", True),
    Row(None, "I'm sorry, but I need more information.", True),
    Row(None, "What exactly are you looking for?”", True),
    Row(None, "WHAT DO YOU MEAN?", True),
    Row(None, "What do you mean by “the other one”?", True),
    Row(None, LONG[:90] + "请提供地址。", True),
    Row(None, "为什么天空是蓝色的？因为瑞利散射。", False, "nothing asked back", ()),
    Row(None, "你知道吗？水稻原产于中国。", False),
    Row(None, "你想知道天空为什么是蓝色的吗？这是因为瑞利散射。", False),
    Row(None, "Do you want to know why?\nBECAUSE light scatters.", False),
    Row(None, "请提供地址。因为我要送货。", True, spans=((0, 6),)),
    Row(None, "你想要哪一种？红的还是蓝的？", True, spans=((0, 7),)),
    Row(None, "Rice.\n\n### Human: Can you explain that in more detail?", False),
    Row(None, "User: Can you explain that in more detail?", False, prompt="User: Hi.\nAgent: Hi."),
    Row(None, "Assistant: Could you clarify?\nUser: Can you explain?", True, spans=((0, 29),)),
    Row(None, "The sky is blue. Is there ANYTHING ELSE you would like to know?", False),
    Row(None, "Do you have other questions?", False),
    Row(None, "如果您需要更多信息，请随时告诉我。", False),
    Row(None, "What you want is rice.", False),
    Row(None, LONG + "请提供地址。", False),
    Row(None, "能具体说说吗？", False, prompt="请翻译：“能具体说说吗？”"),
    Row(None, "水稻是粮食。", False),
    Row(None, "", False),
]  # fmt: skip
