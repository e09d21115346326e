"""Examples of `ignores_instruction`."""

from __future__ import annotations

from tests.traits.table import Row

SHOTS = """What is the colour of it?
It is very red.
What is the colour of it?
It is very red.
Which shape has it?
"""
LETTER = "What is this letter about? Hi Tom. Can we meet on Monday?"
TABLE = [
    Row(None, "请写一首关于夏天的诗。", True, "another request, '请写一首关于夏天的诗。'", ((0, 11),), "请写一首关于春天的诗。"),
    Row(None, "What IS the capital of Spain?", True, prompt="What is the capital of France?"),
    Row(None, "\nList three big birds.\nList three fish.", True, spans=((1, 22),), prompt="Be brief. List three big trees."),
    Row(None, "，并且不超过一百字。", True, "more of the prompt's sentence, '，并且不超过一百字。'", ((0, 10),), "写一首关于春天的诗"),
    Row(None, "and describe its leaves.", True, prompt="Name a tree"),
    Row(None, "and describe its leaves.", False, prompt="Name a tree."),
    Row(None, "Andes are mountains.", False, prompt="Name a mountain range"),
    Row(None, "春天来了。", False, "a beginning of its own, '春天来了。'", (), "请写一首关于春天的诗。"),
    Row(None, "请写一首关于春天的诗。", False, prompt="请写一首关于春天的诗。"),
    Row(None, "What tree do you mean?", False, prompt="What is the best tree?"),
    Row(None, "The best tree is the oak.", False, prompt="The best tree? Name it."),
    Row(None, "List it.", False, prompt="List it!"),
    Row(None, "List three big trees.", True, prompt="List three big."),
    Row(None, "List three: oak, fir, elm.", True, prompt="List three oak."),
    Row(None, "List trees.", False, prompt="List trees. Now."),
    Row(None, "，", False, "nothing to go on with", prompt="写诗"),
    Row(None, "Rice.", False, "nothing to go on with", prompt=" "),
    # the examples' request once more, but no answer of theirs
    Row(None, "What is the colour of it?", True, "another request, 'What is the colour of it?'", prompt=SHOTS),
    Row(None, "It is very red.", False, prompt=SHOTS),
    Row(None, "What is the colour of it?", False, prompt="Rice. What is the colour of it? Say it."),
    Row(None, "Why is it?", True, prompt="Why is it?\nSo.\nWhy is it?\n"),
    Row(None, "Why not?", False, prompt="Why not?\nSo.\nWhy not?\n"),
    Row(None, "list three big trees", True, prompt="List three big trees\nOak\nList three big trees\n"),
    # what the writer is told
    Row(None, "Furthermore, please cite two sources.\nRice grows.", True, "more of the request, 'Furthermore, please cite two sources.'", ((0, 37),), "Explain how rice grows."),
    Row(None, "ALSO DO NOT USE ADJECTIVES.", True, prompt="Write about rice."),
    Row(None, "Please avoid jargon.", True, prompt="Explain how rice grows."),
    Row(None, "Make sure that it has two paragraphs.", True, prompt="Can you tell me of rice?"),
    Row(None, "The second Paragraph should be about wheat.", True, prompt="Write two PARAGRAPHS about rice."),
    Row(None, "Your answer must be short.", True, prompt="What is rice?"),
    Row(None, "另外，请用两个例子说明。", True, "more of the request, '另外，请用两个例子说明。'", prompt="请介绍水稻。"),
    Row(None, "请不要超过一百字。", True, prompt="介绍水稻。"),
    Row(None, "字数不少于八百字。", True, prompt="请写一篇关于水稻的作文。"),
    Row(None, "诗歌要押韵。", True, prompt="请写一首诗歌。"),
    Row(None, "每段都要有一个比喻。", True, prompt="请写一篇关于水稻的作文。"),
    Row(None, "诗歌要押韵。", False, prompt="请介绍李白。"),
    Row(None, "The first paragraph should be about rice.", False, prompt="What is rice?"),
    Row(None, "Please avoid jargon.", False, prompt="Rice grows in water."),
    Row(None, "Please avoid jargon.", False, prompt="Give me three tips for writers. What else?"),
    Row(None, "Please avoid jargon.", False, prompt="Explain this: Please avoid jargon. Why?"),
    Row(None, "Please note that rice is a crop.", False, prompt="What is rice?"),
    Row(None, "Please provide the text.", False, prompt="Summarize the text."),
    Row(None, "Keep it in water.", False, prompt="What do I do with rice?"),
    Row(None, "请问您想种什么？", False, prompt="介绍水稻。"),
    Row(None, "同时种两季的水稻叫双季稻。", False, prompt="介绍双季稻。"),
    # the end of a letter
    Row(None, "Thanks,  Ann Lee\n\nA meeting.", True, "the end of the prompt's letter, 'Thanks,  Ann Lee'", ((0, 16),), LETTER),
    Row(None, "THANK YOU in advance!", True, prompt=LETTER),
    Row(None, "Thanks, I will look it up.", False, prompt=LETTER),
    Row(None, "Thanks, Ann", False, prompt="Translate: 谢谢，安"),
]  # fmt: skip
