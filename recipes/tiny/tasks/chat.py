"""Small talk, names to remember, words to repeat.

我叫小丽。 → 你好，小丽，很高兴认识你。   我叫什么名字？ → 你叫小丽。
"""

from __future__ import annotations

from random import Random

from recipes.tiny.tasks.example import Example, fill
from recipes.tiny.tasks.texts import sentence
from recipes.tiny.world import NAMES, Lang

_TALK: dict[Lang, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "zh": (
        (
            ("你好", "你好！", "您好", "您好！", "你好。", "你好呀！", "你好啊", "嗨", "嗨！",
            "大家好！", "早上好！", "晚上好。", "你好吗？"),
            ("你好，很高兴见到你。", "你好，有什么可以帮你？", "您好，请问需要什么帮助？"),
        ),
        (("谢谢", "谢谢你！", "多谢。", "非常感谢！", "谢谢你的帮助。"), ("不客气。",
        "不用谢，很高兴能帮到你。")),
        (("再见", "再见！", "拜拜", "我走了。", "明天见！"), ("再见，祝你愉快。",
        "再见，欢迎再来。")),
        (("你是谁？", "你叫什么名字？", "介绍一下你自己。", "你是什么？"),
        ("我是一个小小的语言模型。", "我是一个很小的助手。")),
        (("你会做什么？", "你能帮我做什么？", "你有什么用？"),
        ("我会回答简单的问题，也会总结和计算。",)),
    ),
    "en": (
        (
            ("Hello", "Hello!", "Hi", "Hi!", "Hello.", "Hello there!", "Hey!", "Good morning!",
            "Good evening.", "Hi there", "Hello again!"),
            ("Hello, nice to meet you.", "Hello, how can I help you?",
            "Hi, what can I do for you?"),
        ),
        (("Thanks", "Thank you!", "Thanks a lot.", "Thank you for your help."), ("You are welcome.",
        "Glad to help.")),
        (("Bye", "Goodbye!", "See you tomorrow!", "I have to go."), ("Goodbye, have a nice day.",
        "Bye, see you again.")),
        (("Who are you?", "What is your name?", "What are you?"),
        ("I am a very small language model.", "I am a tiny helper.")),
        (("What can you do?", "How can you help me?"),
        ("I can answer simple questions, sum up texts and count.",)),
    ),
}  # fmt: skip
_REPEAT: dict[Lang, tuple[str, ...]] = {
    "zh": ("请重复：{x}", "跟我说：{x}", "请原样输出：{x}", "重复这句话：{x}"),
    "en": ("Repeat: {x}", "Say this: {x}", "Repeat after me: {x}", "Copy this sentence: {x}"),
}


def make(rng: Random, lang: Lang) -> Example:
    """Draw a bit of small talk."""
    asked, answers = rng.choice(_TALK[lang][:1] * 2 + _TALK[lang])
    prompt = rng.choice(asked)
    thinking = "用户在聊天，友好地回答。" if lang == "zh" else "This is small talk."
    return Example("chat", lang, prompt, prompt, thinking, rng.choice(answers))


def make_name(rng: Random, lang: Lang) -> Example:
    """Draw a conversation in which a name is told and asked back."""
    name = rng.choice(NAMES).in_(lang)
    if lang == "zh":
        told = rng.choice(
            (f"我叫{name}。", f"你好，我叫{name}。", f"我的名字是{name}。", f"我是{name}。")
        )
        greeted = f"你好，{name}，很高兴认识你。"
        asked = rng.choice(("我叫什么名字？", "我叫什么？", "你还记得我的名字吗？", "我是谁？"))
        thinking, answer = f"用户说过名字是{name}。", f"你叫{name}。"
    else:
        told = rng.choice(
            (
                f"My name is {name}.",
                f"Hi, I am {name}.",
                f"I'm {name}.",
                f"Hello, my name is {name}.",
            )
        )
        greeted = f"Hello, {name}, nice to meet you."
        asked = rng.choice(
            ("What is my name?", "Do you remember my name?", "Who am I?", "What's my name?")
        )
        thinking, answer = f"The user's name is {name}.", f"Your name is {name}."
    if rng.random() < 0.3:
        thinking = "用户在介绍自己。" if lang == "zh" else "The user says a name."
        return Example("name", lang, told, told, thinking, greeted)
    both, history = f"{told}|{asked}", ((told, greeted),)
    return Example("name", lang, both, asked, thinking, answer, history=history)


def make_repeat(rng: Random, lang: Lang) -> Example:
    """Draw a sentence to say again."""
    text = sentence(rng, lang)
    thinking = "重复用户的话。" if lang == "zh" else "I repeat the words."
    return Example("repeat", lang, text, fill(rng, _REPEAT[lang], x=text), thinking, text)


def judge(example: Example, answer: str) -> bool:
    """The answer is one of those that fit the prompt."""
    for asked, answers in _TALK[example.lang]:
        if example.task == "chat" and example.prompt in asked:
            return answer in answers
    return answer == example.answer
