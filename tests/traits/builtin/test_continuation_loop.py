"""Examples of `continuation_loop`."""

from __future__ import annotations

from pytest_qwen.model_io.reply import Reply
from pytest_qwen.traits.registry import bind
from pytest_qwen.traits.verdict import Part
from tests.traits.table import Row, judge

PARAGRAPHS = """\
Our garden has many old trees, three wooden benches in the shade of a wall that my grandfather \
built, and a small pond where red fish swim between the leaves of the lilies.
Every morning the gardener comes through the iron gate with two cans of water, looks at the young \
plants one after the other, and waters those whose soil has dried in the summer sun.
In autumn the leaves turn red, the neighbours' children gather nuts under the oldest tree, and \
somebody always lights a fire whose smoke can be smelled in every room of our house.
""".splitlines()
ROTATION = "\n".join(PARAGRAPHS[i] for i in (0, 1, 2, 1, 0, 2, 0, 2, 1, 2, 1, 0, 1, 0, 2, 1, 2, 0))
FRAME = "\n".join(
    f"The {noun} of the village is important for the people."
    for noun in [
        "school",
        "market",
        "church",
        "river",
        "bakery",
        "mill",
        "bridge",
        "square",
        "well",
        "road",
        "station",
        "library",
        "museum",
        "park",
        "forest",
        "harbour",
        "castle",
        "theatre",
        "hospital",
        "garden",
    ]
)
SONG = "\n\n".join(
    f"{verse}\nSing with me, oh sing with me, the night is young and we are free,\nsing along!"
    for verse in (
        "The sun goes down on empty streets",
        "A lamp is lit, the music starts",
        "Now all go home",
    )
)
CROPS = "| 作物 | 产量 |\n" + "| --- " * 12 + "|\n" + "\n".join(
    f"| {crop} | {n} 吨 |" for crop, n in zip("稻麦豆薯粟", range(5, 10), strict=True)
)  # fmt: skip
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
REFRAIN = "Row the boat, " * 6 + "row the boat!\n"
TABLE = [
    Row(None, "水稻是粮食。" * 9, True, "'水稻是粮食。' 9 times in a row", ((0, 54),)),
    Row(None, "好的，请看：" + "水稻是粮食，" * 9 + "水稻", True, spans=((6, 62),)),
    Row(None, f"Boats leave.\n{REFRAIN}Gulls cry.\n{REFRAIN}", False),
    Row(None, f"{PARAGRAPHS[0]}\n{REFRAIN}", True),
    Row(None, "ha " * 20, True, "'ha' 20 times in a row", ((0, 59),)),
    Row(None, "Ha HA " * 10, True, "'Ha' 20 times in a row"),
    Row(None, "one two three four five. " * 4, True),
    Row(None, f"{NUMBERS} " * 3 + "and so on", True),
    Row(None, "\n".join(f"{i}. 好的" for i in range(1, 40)), True, "'. 好的\\n2' 38 times in a row"),
    Row(None, "\n".join(f"- {10000 + 37 * i} is not it" for i in range(20)), True),
    Row(None, "!!! ??? ... ,,, ;;; ::: +++ === ~~~ ^^^ " * 4, True),
    Row(None, "?!" * 60, True, spans=((0, 120),)),
    Row(None, "\n".join(f"{i}. 多喝水，早睡觉" for i in range(1, 40)), True),
    Row(None, "\n".join(f"- {'10' * i} is no multiple of it" for i in range(3, 40)), True),
    Row(None, "so " * 60 + ". But then it came to an end, as all things do.", True),
    Row(None, "One two three four five six seven eight nine ten eleven twelve. " * 5 + "The end it is.", True),
    Row(None, "!" * 200, True),
    Row(None, "0." + "3" * 400, True),
    Row(None, ROTATION, True),
    Row(None, FRAME, True, "'of the' 20 times"),
    Row(None, "�", True, "5 tokens 10 times in a row, from token 1 on",
        reply={"token_ids": (9, *(1, 2, 3, 4, 5) * 10)}),
    Row(None, "�", True, reply={"token_ids": (9, *tuple(range(10, 22)) * 4)}),
    Row(None, " ".join(FRAME.split(" ")[:180]), True),
    # no loops
    Row(None, " ".join(FRAME.split(" ")[:179]), False),
    Row(None, "ha " * 20 + "no", False),
    Row(None, "?!" * 59, False),
    Row(None, "The cat sat. The cat sat. The cat sat.", False, "no loop", ()),
    Row(None, "ha " * 19, False),
    Row(None, "so " * 59 + ". But then it came to an end, as all things do.", False),
    Row(None, "哈哈哈哈哈，真好笑。", False),
    Row(None, SONG, False),
    Row(None, CROPS, False),
    Row(None, ", ".join(map(str, range(1, 200))), False),
    Row(None, "\n".join(f"{a} 乘以 {b} 等于 {a * b}" for a in range(1, 10) for b in range(1, 10)), False),
    Row(None, "[0, 0, 0, 0],\n" * 8, False),
    Row(None, "-" * 80, False),
    Row(None, "\n".join(PARAGRAPHS * 2), False),
    Row(None, "水稻是粮食。", False, reply={"token_ids": (1, 2, 3, 4, 5) * 9}),
    Row(None, "", False),
]  # fmt: skip

EQUIVALENT = {
    "_most_worn: now.worn > 0 → now.worn >= 0": "a start that sums to nothing changes no sum",
    "_is_prose: numbers <= _MOST_NUMBERS * len(tokens) → "
    "numbers < _MOST_NUMBERS * len(tokens)": "not the same at a quarter sharp, which nobody needs",
}


def test_unit_and_count_are_evidence() -> None:
    """A record tells what came again and how often, so that reviewers see it at once."""
    verdict = judge("continuation_loop", None, "我想想。" * 12)
    assert verdict.values == {"unit": "我想想。", "count": 12, "period": 4}


def test_ids_are_judged_with_the_whole_text_only() -> None:
    """The ids of the whole reply say nothing about its answer alone."""
    reply = Reply(text="�", answer="好。", token_ids=(1, 2, 3, 4, 5) * 10)
    loop = bind("continuation_loop", None)
    assert loop(Part.of_reply(reply, "text")).passed
    assert not loop(Part.of_reply(reply, "answer")).passed
