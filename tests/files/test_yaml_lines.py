"""YAML as plain data with lines: what is read, and what is refused with `path:line`."""

import time

import pytest

from pytest_qwen.files.yaml_lines import SpecError, parse, read


def test_every_node_keeps_its_line():
    """Keys and list items are found again at the lines where they stand."""
    (document,) = parse("a: 1\nb:\n  - x\n  - {c: y}\n", "f.yaml")
    assert document.data == {"a": 1, "b": ["x", {"c": "y"}]}
    assert document.lines["a",] == 1
    assert document.lines["b", 1] == 4
    assert document.line(("b", 1, "c", "not there")) == 4


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30:45", "12:30:45"),
        ("2026-01-01", "2026-01-01"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("007", "007"),
        ("9.10", "9.10"),
        ("-3", -3),
        ("9.8", 9.8),
        ("1e3", "1e3"),
        ("0.5", 0.5),
        ("'1'", "1"),
        ("true", True),
        ("~", None),
        ("是", "是"),
    ],
)
def test_only_json_scalars_are_more_than_text(text, value):
    """`no`, times and dates stay what was typed."""
    (document,) = parse(f"k: {text}", "f.yaml")
    assert document.data == {"k": value}
    assert type(document.data["k"]) is type(value)


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "f.yaml:1: expected no anchors or aliases, got one: write the value out"),
        ("a: !!python/name:os.system x", "f.yaml:1: expected no tags, got tag:yaml.org"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: expected every key once, got 'a' again: remove one"),
        ("? [a]\n: 1", "f.yaml:1: expected text as a key, got a list or a mapping"),
        ("a:\n  - b\n c: d", "f.yaml:3: expected YAML, got"),
        ("a: b\n\x00", "f.yaml:2: expected "),
        (
            "behavior：a\nprompts：\n  - text: b\n",
            "f.yaml:1: expected a key with ': ', got a full-width '：': write ':' and a space",
        ),
        ("a:\n\t- b\n", "f.yaml:2: expected spaces, got a tab: indent with spaces"),
        (
            "a: 好: 好\n",
            "f.yaml:1: expected YAML, got a syntax error (mapping values are not allowed in this",
        ),
        ("[" * 500, "f.yaml:1: expected at most 32 levels, got more"),
    ],
)
def test_outside_the_subset_is_an_error_with_its_line(text, message):
    """Aliases, tags, double keys, depth and broken YAML are refused."""
    with pytest.raises(SpecError) as error:
        parse(text, "f.yaml")
    assert str(error.value).startswith(message)


def test_large_files_are_refused_at_once(tmp_path):
    """50 MB are not read."""
    file = tmp_path / "large.yaml"
    file.write_bytes(b"- x\n" * 12_500_000)
    start = time.monotonic()
    with pytest.raises(SpecError, match="expected at most 1,000,000 bytes, got more"):
        read(file)
    assert time.monotonic() - start < 1


def test_other_encodings_are_refused_with_the_line(tmp_path):
    """A GBK file is named as what it is not."""
    file = tmp_path / "gbk.yaml"
    file.write_bytes("a: b\nc: 结论".encode("gbk"))
    with pytest.raises(SpecError, match=r"gbk.yaml:2: expected UTF-8 text"):
        read(file)


def test_empty_documents_are_left_out():
    """A separator at the end, or a comment alone, is no document."""
    assert [d.data for d in parse("a: 1\n---\n", "f.yaml")] == [{"a": 1}]
    assert parse("# nothing\n", "f.yaml") == []


def test_several_documents_keep_their_own_lines():
    """The second document counts its lines from the start of the file."""
    first, second = parse("a: 1\n---\nb: 2\n", "f.yaml")
    assert (first.lines["a",], second.lines["b",]) == (1, 3)
