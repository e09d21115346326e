"""Examples of `run_on_turns` and `asks_back`."""

from __future__ import annotations

from tests.traits.table import Row

FEW_SHOT = "[Question]\n1+1?\n[Answer]\n2\n\n[Question]\n2+2?\n[Answer]"
LONG = "水稻是一种粮食作物。" * 12
TABLES = {
    "run_on_turns": [
        Row(None, "水稻。\n用户：小麦呢？", True, "an invented turn '用户：'", ((4, 7),)),
        Row(None, "Rice.\n\n### Human: And wheat?", True, "an invented turn '### Human:'", ((7, 17),)),
        Row(None, "Rice.<|im_end|>\n<|im_start|>user\nAnd wheat?", True, spans=((5, 15),)),
        Row(None, "Rice.\nuser\nAnd wheat?\nassistant\nYes.", True, spans=((6, 10),)),
        Row(None, "Rice.\nUser\n", True, spans=((6, 10),)),
        Row(None, "Assistant: Rice.\n  USER: And wheat?", True, spans=((19, 24),)),
        Row(None, "Human: And wheat?", True, spans=((0, 6),)),
        Row(None, "\n#Bot#\nRice.\n\nAnd wheat?\n#Bot#\nWheat.", True, spans=((25, 30),)),
        Row(None, "4\n\n[Question]\n3+3?\n[Answer]\n6", True, spans=((3, 13),), prompt=FEW_SHOT),
        Row(None, "Rice.\nQ: And wheat?", True, prompt="Q: What grows?\nA:"),
        Row(None, "Rice.\nUser: And wheat?", True, prompt="User: What grows?\nAssistant:"),
        Row(None, "Hi.\n### User: Hello", True, prompt="Write a dialogue."),
        Row(None, "**User:** Hi\n**Bot:** Hello", False, "one turn", (), "写一段对话"),
        Row(None, "User: Hi\nAgent: Hello", False, prompt="Please write a DIALOGUE between two people."),
        Row(None, "User: Hi", False, prompt="User: Hello\nAgent: Good day\nUser: Bye. What comes next?"),
        Row(None, "Assistant: Rice.", False),
        Row(None, "User\n- id\n- name\n<user>x</user>\nAI: artificial intelligence", False),
        Row(None, "  \n答案：水稻。", False, prompt="问题：什么？\n答案："),
        Row(None, "Q: What?\nA: That.", False, prompt="Write a FAQ."),
        Row(None, "### Ingredients:\n- rice\n\n**Instructions:** Boil.\nEvery user gains.", False),
        Row(None, "", False),
    ],
    "asks_back": [
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
    ],
}  # fmt: skip
