"""Examples of `ifeval`: for each instruction what follows it and what does not, in both modes."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from pytest_qwen.traits.builtin.ifeval import INSTRUCTIONS, libraries, upstream
from pytest_qwen.traits.builtin.ifeval.conflicts import conflicts
from pytest_qwen.traits.registry import BadArguments, Judge, bind
from tests.traits.mutants import mutants
from tests.traits.table import Row, judge, prepare

WORDS, SENTENCES = "length_constraints:number_words", "length_constraints:number_sentences"
NO_COMMA, TITLE = "punctuation:no_comma", "detectable_format:title"
BULLETS, END = "detectable_format:number_bullet_lists", "startend:end_checker"


def at_least(number: int, name: str, relation: str = "relation", **more: Any) -> dict[str, Any]:
    return {name: number, relation: "at least", **more}


def less_than(number: int, name: str, relation: str = "relation", **more: Any) -> dict[str, Any]:
    return {name: number, relation: "less than", **more}


def second(word: str, of: int = 2) -> dict[str, Any]:
    return {"num_paragraphs": of, "nth_paragraph": 2, "first_word": word}


FIXED: dict[str, list[Row]] = {
    "keywords:existence": [
        Row({"keywords": ["rice", "水稻"]}, "Rice是水稻，稻。rice", True, "all of them", ((0, 4), (5, 7))),
        Row({"keywords": ["farm"]}, "Two farms.", True),
        Row({"keywords": ["it's"]}, "ＩＴ’Ｓ here", True),
        Row({"keywords": ["art", "c++"]}, "A party in C.", False, "text without 'art' and 'c++'"),
        Row({"keywords": ["(a+)+$"]}, "aaaa", False),
    ],
    "keywords:frequency": [
        Row(at_least(2, "frequency", keyword="稻"), "稻子和水稻", True, "2 occurrences", ((0, 1), (4, 5))),
        Row(at_least(2, "frequency", keyword="rice"), "Rice, ricecake, price", True),
        Row(less_than(2, "frequency", keyword="rice"), "price of rice", True),
        Row(at_least(2, "frequency", keyword="rice"), "price of rice", False),
        Row(less_than(1, "frequency", keyword="."), "一. 二", False),
    ],
    "keywords:forbidden_words": [
        Row({"forbidden_words": ["art", "c"]}, "Parts of C++? No: artful C3.", False, "'c' in it"),
        Row({"forbidden_words": ["生气"]}, "我很生气了", False, "'生气' in it", ((2, 4),)),
        Row({"forbidden_words": ["art", "c"]}, "Smart cats.", True, "none of them", ()),
        Row({"forbidden_words": ["no.1"]}, "no11", True),
    ],
    "keywords:letter_frequency": [
        Row(at_least(3, "let_frequency", "let_relation", letter="A"), "aAＡ", True, "3 occurrences"),
        Row(less_than(2, "let_frequency", "let_relation", letter="的"), "我的书", True),
        Row(at_least(2, "let_frequency", "let_relation", letter="!"), "！!", True),
        Row(less_than(2, "let_frequency", "let_relation", letter="e"), "Eel", False),
    ],
    "language:response_language": [
        Row({"language": "zh"}, "水稻是粮食。", True),
        Row({"language": "zh"}, "Rice is a grain.", False),
        Row({"language": "en"}, "12 + 3", False, "no words in any language"),
    ],
    SENTENCES: [
        Row(at_least(2, "num_sentences"), "你好。今天是3.14！", True, "2 sentences", ((0, 3), (3, 11))),
        Row(less_than(3, "num_sentences"), "See Dr. Who. Fine.", True),
        Row(less_than(2, "num_sentences"), "one. two.", False),
        Row(at_least(3, "num_sentences"), "一。二。", False),
    ],
    WORDS: [
        Row(at_least(6, "num_words"), "我用 PyTorch 2.1 训练", True, "6 words"),
        Row(less_than(3, "num_words"), "don't co-op", True),
        Row(at_least(3, "num_words"), "don't co-op", False),
        Row(less_than(3, "num_words"), "水稻好", False),
    ],
    "length_constraints:number_paragraphs": [
        Row({"num_paragraphs": 2}, "一\n***\n二", True, "2 paragraphs", ((0, 2), (5, 7))),
        Row({"num_paragraphs": 2}, "***\n一***二\n***\n***", True),
        Row({"num_paragraphs": 1}, "***重点*** 在此", True),
        Row({"num_paragraphs": 2}, "*** One *** two\n***", True),
        Row({"num_paragraphs": 1}, "一\n******\n二", True),
        Row({"num_paragraphs": 2}, "一\n\n二", False, "1 paragraph"),
        Row({"num_paragraphs": 2}, "一***二***三", False),
    ],
    "length_constraints:nth_paragraph_first_word": [
        Row(second("Rice"), "一\n\n**rice**, it is", True, "2 paragraphs, 'rice' first", ((3, 18),)),
        Row(second("水稻"), "\n\n一\n \n“水稻是粮食。”", True),
        Row(second("稻", 3), "一\n\n稻\n\n\n\n三", True),
        Row(second("rice"), "One.\n\nRice", True),
        Row(second("水稻"), "一\n\n水稻2号", True),
        Row(second("rice"), "一\n\nricecake", False),
        Row(second("rice"), "一\n\nThe rice", False, "2 paragraphs, 'The ' first"),
        Row(second("rice"), "一\n\nrice\n\n三", False, "3 paragraphs, 'rice' first"),
        Row(second("rice"), "一\nrice", False, "1 paragraph"),
        Row({"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "一"}, "一", True),
    ],
    "detectable_content:number_placeholders": [
        Row({"num_placeholders": 2}, "[name]，【地址】", True, "2 placeholders", ((0, 6), (7, 11))),
        Row({"num_placeholders": 1}, "［姓名］", True),
        Row({"num_placeholders": 1}, "[] [ ] [site](http://a.b) [a\nb]", False, "0 placeholders"),
        Row({"num_placeholders": 2}, "[[name]", False, "1 placeholder"),
    ],
    "detectable_content:postscript": [
        Row({"postscript_marker": "P.S."}, "好。\n**p. s.** Bye", True, "'p. s.** Bye'", ((5, 16),)),
        Row({"postscript_marker": "P.P.S"}, "Done. P.P.S: bye", True),
        Row({"postscript_marker": "P.S."}, "Done! PS? P.S. bye\nnow", True, "'P.S. bye'", ((10, 18),)),
        Row({"postscript_marker": "P.S."}, "P.S: bye", True),
        Row({"postscript_marker": "附言"}, "再见。附言：明天见", True),
        Row({"postscript_marker": "."}, ". hm", True),
        Row({"postscript_marker": "P.S."}, "Bye\nP.S.", False),
        Row({"postscript_marker": "P.S."}, "Bye\nP.P.S. hm", False),
        Row({"postscript_marker": "P.S."}, "the word p.s. is old", False),
        Row({"postscript_marker": "附"}, "Bye\nP.S. hm", False, "no postscript that begins with '附'"),
    ],
    BULLETS: [
        Row({"num_bullets": 3}, "要点：\n- 一\n * 二\n• 三\n---\n-4°", True, "3 points", ((4, 7), (9, 12), (13, 16))),
        Row({"num_bullets": 2}, "一、水稻\n（二）小麦", True),
        Row({"num_bullets": 1}, "一、水稻\n- 早稻", True),
        Row({"num_bullets": 0}, "1. rice\n2. wheat", True, "0 points"),
        Row({"num_bullets": 2}, "- 一\n- 二\n- 三", False),
        Row({"num_bullets": 4}, "- 一\n- 二\n- 三", False),
    ],
    "detectable_format:constrained_response": [
        Row(None, "“My answer is yes.”", True, "'My answer is yes.'"),
        Row(None, "my answer is MAYBE. It depends.", True),
        Row({"options": ["是。", "否。"]}, "否。", True),
        Row(None, "My answer is no. My answer is yes.", False),
        Row(None, "Yes.", False, "none of the options"),
    ],
    "detectable_format:number_highlighted_sections": [
        Row({"num_highlights": 3}, "*一* **二** ***三***", True, "3 highlights", ((0, 3), (4, 9), (10, 17))),
        Row({"num_highlights": 2}, "* item *one*\n2 * 3 * 4", False, "1 highlight"),
        Row({"num_highlights": 1}, "** **\n****\n*a\nb*\n\\*c*", False, "0 highlights"),
    ],
    "detectable_format:multiple_sections": [
        Row({"section_spliter": "Section", "num_sections": 2}, "**SECTION 1**\n一\n# Section2", True, "2 sections", ((0, 11), (16, 26))),
        Row({"section_spliter": "部分", "num_sections": 3}, "第一部分\n部分2\n第3部分：", True),
        Row({"section_spliter": "部分", "num_sections": 2}, "第一部分\n见第二部分", False, "1 section"),
        Row({"section_spliter": "a.c", "num_sections": 1}, "abc 1", False),
    ],
    "detectable_format:json_format": [
        Row(None, '```json\n{"a": 1}\n```', True),
        Row(None, '好的：{"a": 1}', False),
    ],
    TITLE: [
        Row(None, "<<稻>>\n水", True, "'<<稻>>'", ((0, 5),)),
        Row(None, "## 标题：《水稻》\n水", True),
        Row(None, "x <<< >> <<a b>>", True, "'<<a b>>'"),
        Row(None, "我读《水稻》。<< >>\n《 》", False, "no title"),
    ],
    "combination:two_responses": [
        Row(None, "一\n******\n二", True, "2 responses"),
        Row(None, "******\n一\n*******\n******二", True),
        Row(None, "一\n******\n一 ", False),
        Row(None, "一\n***\n二", False, "1 response"),
        Row(None, "一******二******三", False, "3 responses"),
    ],
    "combination:repeat_prompt": [
        Row({"prompt_to_repeat": "It’s  what？"}, " it's what?\nRice.", True, "the prompt and more"),
        Row({"prompt_to_repeat": "问"}, "问", False, "the prompt and nothing more"),
        Row({"prompt_to_repeat": "问题"}, "答：问题", False, "'答：' first"),
    ],
    END: [
        Row({"end_phrase": "再见！"}, "好，**再见!**", True, "'再见!' at the end", ((4, 7),)),
        Row({"end_phrase": '"Bye" '}, '"bye"\n', True),
        Row({"end_phrase": "Bye."}, "Bye. Now.", False, "'Now.' at the end"),
        Row({"end_phrase": "Goodbye"}, "bye", False, "'bye' at the end"),
    ],
    "startend:quotation": [
        Row(None, ' "好" \n', True, '" and " around it'),
        Row(None, "“他说“好”。”", True),
        Row(None, "「好」", True),
        Row(None, "“一”和“二”", False),
        Row(None, '""', False),
        Row(None, "“好", False, "“ and 好 around it"),
        Row(None, "好“", False),
    ],
    "change_case:capital_word_frequency": [
        Row(at_least(2, "capital_frequency", "capital_relation"), "IT'S 水 COVID-19", True, "2 words", ((0, 4), (7, 15))),
        Row(less_than(2, "capital_frequency", "capital_relation"), "I go 12", True),
        Row(at_least(2, "capital_frequency", "capital_relation"), "I Go", False),
    ],
    "change_case:english_capital": [
        Row(None, "RICE IS A GRAIN 12.", True),
        Row(None, "RICE Is rice", False, "5 small letters", ((6, 7),)),
        Row(None, "水稻是粮食", False, "zh for 100% of 5 words"),
    ],
    "change_case:english_lowercase": [
        Row(None, "rice is a grain.", True),
        Row(None, "Rice is", False, "1 capital letter", ((0, 1),)),
        Row(None, "le riz est une plante et il est dans les champs", False),
    ],
    NO_COMMA: [
        Row(None, "苹果、梨。", True, "0 commas", ()),
        Row(None, "苹果，梨, 桃", False, "2 commas", ((2, 3), (4, 5))),
    ],
}  # fmt: skip
ACCEPTS, REJECTS = "the official checker accepts it", "the official checker rejects it"
UPSTREAM: dict[str, list[Row]] = {
    "keywords:existence": [
        Row({"keywords": ["art", "Rice"]}, "party price", True, ACCEPTS),
        Row({"keywords": ["a.t|x"]}, "ant \ud800", True),
        Row({"keywords": ["ant", "bee"]}, "ant", False, REJECTS),
    ],
    "keywords:frequency": [
        Row(at_least(2, "frequency", keyword=" rice "), "Rice price", True, "the official checker counts 2"),
        Row(less_than(2, "frequency", keyword="rice"), "Rice price", False),
    ],
    "keywords:forbidden_words": [
        Row({"forbidden_words": ["art", "生气"]}, "Party 我很生气了", True, ACCEPTS),
        Row({"forbidden_words": ["a.t"]}, "an ANT", False, REJECTS),
        Row({"forbidden_words": ["art"]}, "Art!", False),
    ],
    "keywords:letter_frequency": [
        Row(at_least(2, "let_frequency", "let_relation", letter="E"), "Eel", True, "the official checker counts 2"),
        Row(at_least(2, "let_frequency", "let_relation", letter="!"), "YyX", True, "the official checker counts 2"),
        Row(at_least(2, "let_frequency", "let_relation", letter="的"), "Yy", True, "the official checker counts 2"),
        Row(less_than(2, "let_frequency", "let_relation", letter="e"), "Eel", False),
    ],
    "language:response_language": [
        Row({"language": "ko"}, "쌀은 곡물입니다. 논에서 자랍니다.", True, ACCEPTS),
        Row({"language": "ko"}, "12 + 3", True, ACCEPTS),
        Row({"language": "ko"}, "Rice is a grain that grows in the field.", False, REJECTS),
    ],
    SENTENCES: [
        Row(less_than(2, "num_sentences"), "One line\n\nand no stop", True, "the official checker counts 1"),
        Row(at_least(2, "num_sentences"), "See Dr. Who. He is fine.", True),
        Row(at_least(2, "num_sentences"), "你好。再见。", False),
    ],
    WORDS: [
        Row(at_least(3, "num_words"), "don't 水稻好", True, "the official checker counts 3"),
        Row(less_than(3, "num_words"), "don't 水稻好", False),
    ],
    "length_constraints:number_paragraphs": [
        Row({"num_paragraphs": 2}, "***一***二\n***", True, "the official checker counts 2"),
        Row({"num_paragraphs": 2}, "***一******二***", False),
        Row({"num_paragraphs": 2}, "一", False),
        Row({"num_paragraphs": 1}, "***一", True),
        Row({"num_paragraphs": 2}, "一***", False),
        Row({"num_paragraphs": 2}, "*** ***一***二", False),
        Row({"num_paragraphs": 2}, "一***二*** ***", False),
    ],
    "length_constraints:nth_paragraph_first_word": [
        Row(second("Rice"), "一\n\n'\"RICE, it's", True, ACCEPTS),
        Row(second("rice"), "一\n\n**rice** it", False),
        Row(second("rice"), "一\n\nrice\n\n三", False),
        Row(second("rice"), "\n\n\n\n一\n\nrice", False, REJECTS),
        Row(second("rice"), "一", False, REJECTS),
        Row(second("rice", 3), "一\n\nrice\n\n\n\n三", True),
        Row({"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "it"}, "it's", True),
        Row({"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "it"}, "\n\nit", False),
    ],
    "detectable_content:number_placeholders": [
        Row({"num_placeholders": 3}, "[]] [[a] [b](c)", True, "the official checker counts 3"),
        Row({"num_placeholders": 1}, "] [a\nb] 【c】", False, "the official checker counts 0"),
        Row({"num_placeholders": 2}, "[a] [b", False, "the official checker counts 1"),
    ],
    "detectable_content:postscript": [
        Row({"postscript_marker": "P.S. "}, "the p.s. is", True, ACCEPTS),
        Row({"postscript_marker": "P.P.S"}, "p. p.s", True),
        Row({"postscript_marker": "附言"}, "无附言", True),
        Row({"postscript_marker": "P.S."}, "ps", False),
        Row({"postscript_marker": "Note"}, "NOTE", True),
    ],
    BULLETS: [
        Row({"num_bullets": 3}, "* 一\n---\n -1\n**bold**", True, "the official checker counts 3"),
        Row({"num_bullets": 1}, "*\n* 二", True),
        Row({"num_bullets": 2}, "• 一\n* 二", False, "the official checker counts 1"),
    ],
    "detectable_format:constrained_response": [
        Row(None, "My answer is no. My answer is yes.", True, ACCEPTS),
        Row(None, "my answer is yes.", False, REJECTS),
    ],
    "detectable_format:number_highlighted_sections": [
        Row({"num_highlights": 4}, "***一*** * 二 *\n**三**", True, "the official checker counts 4"),
        Row({"num_highlights": 1}, "** ** *\n*", False),
    ],
    "detectable_format:multiple_sections": [
        Row({"section_spliter": " Section", "num_sections": 2}, "in Section 1 or Section2", True, "the official checker counts 2"),
        Row({"section_spliter": "S.c", "num_sections": 1}, "Sec 1", True),
        Row({"section_spliter": "Section", "num_sections": 1}, "SECTION 1", False),
    ],
    "detectable_format:json_format": [
        Row(None, "```JSON\nNaN```", True, ACCEPTS),
        Row(None, "[" * 100_000, False),
        Row(None, "{'a': 1}", False),
    ],
    TITLE: [
        Row(None, "一\nx <<a>>", True, ACCEPTS),
        Row(None, "<<<>>> >>", True),
        Row(None, ">>> << a\n<<>>\n<<>>>\n<< >>", False, REJECTS),
        Row(None, "《水稻》", False),
        Row(None, "x>><<", False),
    ],
    "combination:two_responses": [
        Row(None, "******一******二", True, ACCEPTS),
        Row(None, "一******二******", True),
        Row(None, "一************二", False),
        Row(None, "一****** 一", False),
        Row(None, "一", False, REJECTS),
        Row(None, "******一", False),
        Row(None, "****** ******一******二", False),
        Row(None, "一******二****** ******", False),
    ],
    "combination:repeat_prompt": [
        Row({"prompt_to_repeat": " Why? "}, "\nWHY?", True, ACCEPTS),
        Row({"prompt_to_repeat": "Why?"}, "So why?", False, REJECTS),
    ],
    END: [
        Row({"end_phrase": " Bye. "}, '"BYE." \n', True, ACCEPTS),
        Row({"end_phrase": "Bye."}, "“Bye.”", False),
    ],
    "startend:quotation": [
        Row(None, ' "一" "二" ', True, ACCEPTS),
        Row(None, '"', False),
        Row(None, "“一”", False),
        Row(None, '"一', False),
        Row(None, '一"', False),
        Row(None, '""', True),
    ],
    "change_case:capital_word_frequency": [
        Row(at_least(3, "capital_frequency", "capital_relation"), "IT'S U.S. now.", True, "the official checker counts 3"),
        Row(less_than(2, "capital_frequency", "capital_relation"), "CAN'T", False),
    ],
    "change_case:english_capital": [
        Row(None, "RICE IS A GRAIN THAT GROWS IN THE FIELD.", True, ACCEPTS),
        Row(None, "RICE IS A GRAIN THAT GROWS IN THE field.", False, REJECTS),
        Row(None, "水稻是粮食", False),
        Row(None, "ЭТО РИС, И ОН РАСТЁТ В ПОЛЕ.", False),
    ],
    "change_case:english_lowercase": [
        Row(None, "rice is a grain that grows in the field.", True, ACCEPTS),
        Row(None, "Rice is a grain that grows in the field.", False),
        Row(None, "le riz est une plante qui pousse dans les champs.", False),
    ],
    NO_COMMA: [
        Row(None, "苹果，梨", True, "the official checker counts 0"),
        Row(None, "1,000", False, "the official checker counts 1"),
    ],
}  # fmt: skip
MODES = {"fixed": FIXED, "upstream": UPSTREAM}
CASES = [(mode, name) for mode, tables in MODES.items() for name in tables]


def spec(mode: str, name: str, row: Row) -> Row:
    """Write a row of an instruction as a row of the trait."""
    args = {"instruction_id": name, "mode": mode, **(row.args or {})}
    return Row(args, row.text, row.passed, row.got, row.spans)


LOOSE = {"strictness": "loose"}
OFFICIAL = {"mode": "upstream"} | LOOSE
TABLE = [
    Row(NO_COMMA, "苹果、梨", True, "0 commas"),
    Row(NO_COMMA, "苹果，梨", False, "1 comma", ((2, 3),)),
    Row(NO_COMMA, " \n", False, "no text"),
    Row({"instruction_id": TITLE} | LOOSE, "题目是：\n<<稻>>", True, spans=((5, 10),)),
    Row({"instruction_id": NO_COMMA} | LOOSE, "好的,如下：\n稻", True, "0 commas"),
    Row({"instruction_id": NO_COMMA} | LOOSE, "Sure, here: \n稻", True),
    Row({"instruction_id": NO_COMMA} | LOOSE, "好的,如下\n稻", False, "1 comma"),
    Row({"instruction_id": NO_COMMA} | LOOSE, "一,二：", False, "1 comma"),
    Row({"instruction_id": NO_COMMA} | LOOSE, "一,二：\n三,四,五", False, "3 commas"),
    Row(
        {"instruction_id": NO_COMMA} | OFFICIAL,
        "一,\n二\n三,",
        True,
        "the official checker counts 0",
    ),
    Row({"instruction_id": NO_COMMA} | OFFICIAL, "一,\n二", True),
    Row({"instruction_id": NO_COMMA} | OFFICIAL, "一\n二,", True),
    Row({"instruction_id": NO_COMMA} | OFFICIAL, "一,二", False),
    Row({"instruction_id": END, "end_phrase": "稻"} | OFFICIAL, "水*稻*", True),
    Row(
        {"instruction_id": NO_COMMA} | OFFICIAL,
        "一,二\n三,四\n*五,六*",
        False,
        "the official checker counts 3",
    ),
    *(spec(mode, name, row) for mode, name in CASES for row in MODES[mode][name]),
]


def test_every_instruction_has_a_table_in_both_modes() -> None:
    """There are 25 instructions, each with passing and failing examples in each mode."""
    assert len(INSTRUCTIONS) == 25
    assert FIXED.keys() == UPSTREAM.keys() == INSTRUCTIONS.keys() == upstream.RULES.keys()
    assert {tuple({r.passed for r in MODES[m][n]}) for m, n in CASES} == {(False, True)}


@pytest.mark.parametrize("name", FIXED)
def test_table_kills_every_mutant(name: str) -> None:
    """No small error in an instruction's function goes unseen by its table."""
    survivors = [
        description
        for description, mutant in mutants(INSTRUCTIONS[name])
        if not _dies(mutant, [spec("fixed", name, row) for row in FIXED[name]])
    ]
    assert survivors == []


def _dies(mutant: Judge, rows: list[Row]) -> bool:
    for row in rows:
        bound, part = prepare("ifeval", row.args, row.text)
        own = list(bound.arguments)[3:]
        try:
            verdict = mutant(part, **{name: bound.arguments[name] for name in own})
        except Exception:  # noqa: BLE001 - a crash is a death as well
            return True
        got = (verdict.passed, verdict.got, verdict.spans)
        expected = (row.passed, row.got, row.spans)
        if any(e not in (None, g) for e, g in zip(expected, got, strict=True)):
            return True
    return False


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("punctuation:no_coma", "ifeval with a known instruction_id, got 'punctuation:no_coma': did you mean 'punctuation:no_comma'"),
        (None, "ifeval with a known instruction_id, got none: use one of change_case:capital"),
        ({"instruction_id": [1]}, "ifeval with a known instruction_id, got \\[1\\]"),
        ({"instruction_id": WORDS, "num_word": 5}, "an argument of ifeval, got 'num_word': did you mean 'num_words'"),
        ({"instruction_id": WORDS, "num_words": 5}, "ifeval with 'relation', got none"),
        ({"instruction_id": NO_COMMA, "num_words": 5}, "an argument of ifeval, got 'num_words': use one of instruction_id, mode, strict"),
        (at_least(5, "num_words") | {"instruction_id": WORDS, "relation": "at most"}, "one of at least, less than as 'relation' of ifeval, got 'at most'"),
        (at_least(-1, "num_words") | {"instruction_id": WORDS}, "num_words from 0 up"),
        ({"instruction_id": NO_COMMA, "mode": "official"}, "one of fixed, upstream as 'mode'"),
        ({"instruction_id": "keywords:existence", "keywords": []}, "some text as keywords"),
        ({"instruction_id": "keywords:existence", "keywords": [" "]}, "some text as keywords"),
        ({"instruction_id": END, "end_phrase": ""}, "some text as end_phrase"),
        (at_least(1, "let_frequency", "let_relation") | {"instruction_id": "keywords:letter_frequency", "letter": "ab"}, "one character as letter"),
        (second("a", 1) | {"instruction_id": "length_constraints:nth_paragraph_first_word"}, "nth_paragraph from 1 to num_paragraphs"),
        ({"instruction_id": "keywords:existence", "keywords": ["(?=a)"], "mode": "upstream"}, "a regular expression of RE2"),
        ({"instruction_id": "language:response_language", "language": "xx"}, "as 'language' of ifeval, got 'xx'"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(args: Any, message: str) -> None:
    """Each instruction takes its own arguments; anything else is told when specs are read."""
    with pytest.raises(BadArguments, match=message):
        bind("ifeval", args)


@pytest.mark.parametrize("library", ["punkt", "langdetect"])
def test_upstream_names_the_library_that_it_needs(monkeypatch, library: str) -> None:
    """Where the extra is not installed, the mode says so when specs are read, not in a test."""
    monkeypatch.setitem(sys.modules, library, None)
    needs = {name for name, needed in upstream.NEEDS.items() if needed == library}
    for name in needs:
        args = {"instruction_id": name, "mode": "upstream", **(UPSTREAM[name][0].args or {})}
        with pytest.raises(BadArguments, match=rf"{library} for mode: upstream \(pip install"):
            bind("ifeval", args)
        assert bind("ifeval", args | {"mode": "fixed"})


def test_numbers_may_be_text() -> None:
    """A parameter that is filled into a spec is text; the number in it counts."""
    args = {"instruction_id": WORDS, "relation": "at least", "num_words": "2"}
    assert judge("ifeval", args, "水稻").got == "2 words"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I'M HERE, AREN'T I? THEY'LL GO.", 9),
        ("WE CANNOT. GONNA! GIMME, LEMME WANNA GOTTA.", 13),
        ("THE U.S. IS A-OK: (NATO) [UN] {EU} <AU>; 10,000", 8),
        ("YOU DON'T. Yes, DON’T.", 5),
        ("DOG's cat'S A--B NO...YES 12:30 A:B ‘X’", 9),
        ("Mc'DONALD it'd WE'VE YOU'RE O'NEIL'", 5),
        ("IT'S. D'YE MORE'N", 6),
    ],
)
def test_capital_tokens(text: str, expected: int) -> None:
    """Words are cut as NLTK's word tokenizer cuts them (expected: its counts, version 3.10.4)."""
    assert libraries.capital_tokens(text) == expected


def test_conflicts() -> None:
    """What IFEval never asks for together, either way round; and nothing twice."""
    assert conflicts([NO_COMMA, TITLE, WORDS, SENTENCES, BULLETS, END]) == []
    assert conflicts([NO_COMMA, NO_COMMA]) == [(NO_COMMA, NO_COMMA)]
    pairs = [
        ("detectable_format:json_format", TITLE),
        ("combination:two_responses", "combination:repeat_prompt"),
        ("change_case:english_lowercase", "change_case:english_capital"),
        ("language:response_language", END),
    ]
    for a, b in pairs:
        assert conflicts([a, b]) == [(a, b)]
        assert conflicts([b, a]) == [(b, a)]
    assert conflicts(["combination:repeat_prompt", NO_COMMA]) == []
    assert conflicts(["keywords:forbidden_words", "detectable_format:json_format"]) == []


HOSTILE = ["a", " ", "\n", "*", "[", "<<", ". ", "-\n", "* ", "“", "P.S. ", "水", "a'b ", "《", "#"]


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_long_text_takes_linear_time(unit: str) -> None:
    """No text of a hundred thousand characters makes an instruction slow, in either mode."""
    text = f"a\n{unit * (100_000 // len(unit))}\nb"
    for mode, name in CASES:
        args = spec(mode, name, MODES[mode][name][0]).args
        started = time.process_time()
        judge("ifeval", args, text)
        assert time.process_time() - started < 2, (mode, name)
