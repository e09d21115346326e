"""What preflight found, on the page of two records."""

import json
import re

import pytest

from pytest_qwen.messages.reason import Reason
from pytest_qwen.record.preflight import reasons_of
from pytest_qwen.report import page_of
from pytest_qwen.report.anchor import anchor
from tests.cli.command_line import typed
from tests.report.hostile import PAYLOADS
from tests.report.records import case, record, sample
from tests.report.test_page import Parsed

LINE = "pytest-qwen report was.jsonl now.jsonl --preflight preflight.json -o page.html"
DO = ": name what `pytest-qwen preflight --out` wrote\n"


def difference(kind="breaking", **fields):
    """Return one difference, as preflight writes it."""
    data = {"role": "instruct", "what": "switch enable_thinking", "class": kind}
    data |= {"before": "read", "after": "ignored", "why": "not read any more", "behaviors": []}
    return {**data, **fields}


def preflight(folder, *differences, **fields):
    """Write what preflight found, and two records."""
    data = {
        "schema": 1,
        "verdict": "BREAKING",
        "before": "tiny",
        "after": "tiny",
        "models": ["base=x"],
    }
    data |= {"behaviors": 13, "differences": list(differences), **fields}
    path = folder / "preflight.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    record(folder / "was.jsonl", sample())
    record(folder / "now.jsonl", sample(passed=False))
    return path


def page(folder, language="en"):
    paths = [folder / name for name in ("now.jsonl", "was.jsonl")]
    return page_of(*paths, language, preflight=folder / "preflight.json").decode()


def test_what_breaks_comes_first(tmp_path):
    """Before the overview, the harmless folded behind it; behaviors lead to their case."""
    data = difference(behaviors=["greets", "elsewhere"])
    preflight(tmp_path, difference("harmless", what="padding"), data)
    assert typed(tmp_path, LINE)[0] == 0
    made = (tmp_path / "page.html").read_text(encoding="utf-8")
    text = " ".join(Parsed(made.encode()).text.split())
    assert "Preflight: 1 breaking, 1 harmless" in text
    assert "tiny → tiny with base=x · 2 of 13 behaviors affected" in text
    assert "read → ignored not read any more affects greets, elsewhere" in text
    assert f'<a href="#{anchor(case())}">greets</a>, elsewhere' in made
    assert re.search("switch enable_thinking breaking.*padding harmless.*Overview", text)
    assert made.count("1 harmless</summary>") == 1


def test_it_stands_below_the_gate(tmp_path):
    """A reviewer reads the verdict, then what may explain it."""
    from tests.report.test_command import gate

    preflight(tmp_path, difference())
    gate(tmp_path)
    assert typed(tmp_path, f"{LINE} --gate gate.json")[0] == 0
    made = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert made.index("may not replace") < made.index("Preflight: 1") < made.index("Overview")


def test_texts_that_differ_in_words_are_told_in_one(tmp_path):
    """Prompts rendered before and after: removed words struck out, new ones marked."""
    preflight(tmp_path, difference(before="You are Qwen, a helper.", after="You are Qwen, a poet."))
    assert "You are Qwen, a <del>helper</del><ins>poet</ins>." in page(tmp_path)


def test_no_difference_is_said(tmp_path):
    """A reviewer sees that it was looked at."""
    preflight(tmp_path, after="tiny", verdict="SAME")
    assert "Preflight: no difference" in page(tmp_path)


def test_without_a_suite_nothing_is_said_to_be_affected(tmp_path):
    """None known is not none."""
    preflight(tmp_path, difference(behaviors=None), behaviors=None)
    made = page(tmp_path)
    assert "the affected behaviors are unknown" in made
    assert "behaviors affected</p>" not in made


def test_other_families_are_pointed_out(tmp_path):
    """The file names families only: where these are not the records', the page says so."""
    preflight(tmp_path, difference())
    assert "not the families" not in page(tmp_path)
    preflight(tmp_path, difference(), before="qwen3-4b")
    assert "These are not the families of the two records." in page(tmp_path)


def test_it_speaks_chinese(tmp_path):
    """What has no code, as a template's own words, and an older file stay English and say so."""
    reasons = reasons_of(
        what=Reason("preflight.switch", name="enable_thinking"),
        before=Reason("preflight.read"),
        after=Reason("preflight.ignored"),
        why=Reason("preflight.switch_lost"),
    )
    known = difference(behaviors=["greets"], reasons=reasons)
    unknown = {"why": {"code": "preflight.of_the_future", "values": {}}, "before": 5}
    unknown |= reasons_of(what=Reason("preflight.prompt", name="zh"))
    refusal = difference(
        "harmless", what="prompt zh", before="rendered", after="lost", why="none!", reasons=unknown
    )
    preflight(tmp_path, known, refusal, difference("harmless", what="padding"))
    made = page(tmp_path, "zh")
    assert "预检：1 项破坏性，2 项无害" in made
    assert "<b>开关 enable_thinking</b>" in made
    assert "<p>读取 → 忽略</p>" in made
    assert "<p>不再读取：设置了它的用例会失败</p>" in made
    assert "<b>提示（zh）</b>" in made
    assert "rendered → lost" in made
    assert '<b lang="en">padding</b>' in made
    assert '<p lang="en">none!</p>' in made
    assert re.search(r"<p>影响 <a", made)
    assert "<b>switch enable_thinking</b>" in page(tmp_path, "en")


@pytest.mark.parametrize("payload", [text for text in PAYLOADS if "\ud800" not in text], ids=repr)
def test_a_payload_in_every_field_makes_no_element(tmp_path, payload):
    """The elements and attributes are those of a page with harmless texts."""
    pages = []
    for text in (payload, "z" * len(payload)):
        names = ("role", "what", "before", "why")
        reasons = {"why": {"code": "preflight.switch", "values": {"name": text}}, text: text}
        data = dict.fromkeys(names, text) | {"after": "other", "behaviors": [text]}
        data |= {"reasons": reasons}
        rows = difference(**data), difference("harmless", **data)
        preflight(tmp_path, *rows, before=text, after=text)
        pages.append(Parsed(page(tmp_path).encode()))
    assert pages[0].elements == pages[1].elements


def test_a_huge_file_makes_a_small_section(tmp_path):
    """Of many differences the first fifty are shown, of long texts the beginning."""
    names = [f"b{n}" for n in range(2000)]
    long = difference(what="w" * 9000, before="长" * 90_000, after="短", why="y" * 9000)
    preflight(tmp_path, *[{**long, "behaviors": names}] * 120)
    made = page(tmp_path)
    assert "+ 70 more" in made
    assert "+ 1960 more" in made
    assert len(made) < 300_000


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"schema": 2}, "expected 1 as schema, got '2'"),
        ({"differences": None}, "expected a list as differences, got 'None'"),
        ({"differences": [5]}, "as differences.0, got '5'"),
        (
            {"differences": [difference("fine")]},
            "expected one of breaking, harmless as differences.0.class, got 'fine'",
        ),
        (
            {"differences": [difference(behaviors="x\n::error::y")]},
            r"expected a list as differences.0.behaviors, got 'x\n::error::y'",
        ),
        ({"behaviors": 1.5}, "as behaviors, got '1.5'"),
        ({"before": {}}, "expected text as before, got '{}'"),
        ({"verdict": "FINE"}, "as verdict, got 'FINE'"),
        ({"differences": [difference(reasons=[])]}, "as differences.0.reasons, got '[]'"),
    ],
)
def test_another_file_is_refused(tmp_path, fields, message):
    """One line: the path, what was expected, what there was, what to do; and no page."""
    preflight(tmp_path, **fields)
    status, out, err = typed(tmp_path, LINE)
    assert (status, out) == (2, "")
    assert err.startswith("preflight.json: expected ")
    assert err.endswith(message + DO)
    assert err.count("\n") == 1
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "expected JSON as what preflight found, got ''"),
        (b"[" * 100_000, "expected JSON as what preflight found, got '[[[["),
        (b"\xff\xfe", "expected JSON as what preflight found, got "),
        (b"{}", "expected schema, got none"),
        (b"[]", "as what preflight found, got '[]'"),
        (b'{"schema": "\\ud800"}', "expected JSON as what preflight found, got "),
    ],
)
def test_what_is_no_such_json_is_refused(tmp_path, text, message):
    """Whatever the bytes."""
    preflight(tmp_path).write_bytes(text)
    status, _, err = typed(tmp_path, LINE)
    assert status == 2
    assert message in err
    assert err.endswith(DO)
    assert err.count("\n") == 1


def test_a_missing_file_is_an_error(tmp_path):
    """So that nobody reads a page without it by mistake."""
    preflight(tmp_path).unlink()
    message = "preflight.json: expected what preflight found, got No such file or directory" + DO
    assert typed(tmp_path, LINE)[::2] == (2, message)


def test_it_needs_two_records(tmp_path):
    """The option says so."""
    preflight(tmp_path)
    line = "pytest-qwen report now.jsonl --preflight preflight.json -o page.html"
    message = "--preflight: expected two records, got one: name the candidate as well\n"
    assert typed(tmp_path, line)[::2] == (2, message)
