"""Reasons: a code with values, and its text in every language."""

import ast
import copy
import json
import pickle
import re
from pathlib import Path
from string import Formatter

import pytest

from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.messages import reason as module
from pytest_qwen.messages.reason import (
    LANGUAGES,
    Reason,
    areas,
    catalog,
    from_json,
    in_language,
)

PACKAGE = Path(__file__).parents[2] / "pytest_qwen"
CODES = {code: texts for area in areas() for code, texts in catalog(area).items()}


def places(text):
    """Return the names of a text's places."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def used_codes():
    """Return the literal codes that the package makes reasons of, with their values' names."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason":
                if path.name == "reason.py":
                    continue
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}"
                names = {keyword.arg for keyword in node.keywords}
                place = f"{path.relative_to(PACKAGE)}:{node.lineno}:{node.col_offset}"
                yield place, node.args[0].value, names


USED = list(used_codes())


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """A catalog of its own, without the package's."""

    def write(**codes):
        (tmp_path / "test.json").write_text(json.dumps({f"test.{k}": v for k, v in codes.items()}))
        catalog.cache_clear()
        areas.cache_clear()

    monkeypatch.setattr(module, "FOLDER", tmp_path)
    yield write
    monkeypatch.undo()
    catalog.cache_clear()
    areas.cache_clear()


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_every_language(code):
    """Nobody reads a page with a hole in it, and no language lacks a value."""
    assert set(CODES[code]) == set(LANGUAGES)
    assert places(CODES[code]["en"]) == places(CODES[code]["zh"])
    assert any(
        "\u4e00" <= char <= "\u9fff" or char == "；" for char in CODES[code]["zh"]
    ) or not any(
        char.isalpha() for char in "".join(t[0] for t in Formatter().parse(CODES[code]["en"]))
    )


@pytest.mark.parametrize(("where", "code", "names"), USED, ids=[where for where, *_ in USED])
def test_every_reason_of_the_code_is_in_a_catalog(where, code, names):
    """A reason whose code or value is misspelt fails here, not before a user."""
    assert code in CODES
    assert None in names or names >= places(CODES[code]["en"])


def page_words():
    """Return the words that the page's templates and view models name, and others like them."""
    paths = [path for path in (PACKAGE / "report").rglob("*") if path.suffix in {".py", ".jinja"}]
    text = "".join(path.read_text(encoding="utf-8") for path in paths)
    return {
        f"page.{name}"
        for name in re.findall(r"(?<=\bt\.)\w+|(?<=words\.)\w+|(?<=\")\w+(?=\")", text)
    }


def test_no_text_is_left_over():
    """What nobody says any more is not translated."""
    used = {code for _, code, _ in USED} | page_words()
    kinds = {"page.n_breaking", "page.n_harmless"} | {f"page.{verdict}" for verdict in Outcome}
    assert CODES.keys() - used - kinds == set()


def test_a_reason_is_its_english_text(texts):
    """Whoever knows nothing of reasons shows English."""
    texts(missing={"en": "{n} {n:sample is|samples are} missing", "zh": "缺少 {n} 个样本"})
    assert Reason("test.missing", n=1) == "1 sample is missing"
    assert Reason("test.missing", n=3) == "3 samples are missing"
    assert in_language(Reason("test.missing", n=3), "zh") == "缺少 3 个样本"
    assert in_language("plain", "zh") == "plain"


def test_lists_quotes_and_reasons_inside(texts):
    """Lists are joined as the language does, texts quoted in a line, inner reasons too."""
    texts(
        inner={"en": "inner", "zh": "内"},
        outer={"en": "{names}: {text!q}, {why:; }", "zh": "{names}：{text!q}，{why:；}"},
    )
    inner = Reason("test.inner")
    outer = Reason("test.outer", names=["a", "b"], text="x\ny", why=[inner, "z"])
    assert outer == "a, b: 'x\\ny', inner; z"
    assert in_language(outer, "zh") == "a、b：'x\\ny'，内；z"
    again = from_json(json.loads(json.dumps(outer.to_json())))
    assert again == outer
    assert in_language(again, "zh") == in_language(outer, "zh")


def test_long_texts_are_cut_in_records(texts):
    """A record holds no whole reply in a reason, and reads the same in every language."""
    texts(answer={"en": "{text!q}", "zh": "{text!q}"})
    reason = Reason("test.answer", text="a" * 5000 + "水稻" * 5000)
    assert len(json.dumps(reason.to_json(), ensure_ascii=False)) < 500
    assert in_language(from_json(reason.to_json()), "zh") == reason


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"code": 1, "values": {}},
        {"code": "nowhere.x", "values": {}},
        {"code": "../x.y", "values": {}},
        {"code": "test.missing", "values": {}},
        {"code": "test.missing", "values": {"n": {"a": 1}}},
        {"code": "test.missing", "values": []},
    ],
)
def test_foreign_data_is_no_reason(texts, data):
    """What another release, or a stranger, has written is shown as it stands, without an error."""
    texts(missing={"en": "{n:d}", "zh": "{n:d}"})
    assert from_json(data) is None


def test_a_reason_survives_copies(texts):
    """Copies and other processes keep the code."""
    texts(missing={"en": "{n}", "zh": "{n} 个"})
    for other in (copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))):
        assert in_language(other(Reason("test.missing", n=2)), "zh") == "2 个"
