"""Examples of `run_on_turns`."""

from __future__ import annotations

from tests.traits.table import Row

FEW_SHOT = "[Question]\n1+1?\n[Answer]\n2\n\n[Question]\n2+2?\n[Answer]"
TABLE = [
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
]  # fmt: skip
