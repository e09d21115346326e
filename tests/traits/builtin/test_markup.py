"""What the traits of XML and HTML have in common: their arguments, and hostile texts."""

from __future__ import annotations

import time

import pytest

from pytest_qwen.traits.registry import BadArguments, bind
from tests.traits.table import judge


@pytest.mark.parametrize("trait", ["xml", "contains_xml"])
@pytest.mark.parametrize("elements", [[], [""], ["a."], ["a..b"]])
def test_elements_are_paths(trait: str, elements: object) -> None:
    """An element without a name stands nowhere."""
    with pytest.raises(BadArguments, match=f"{trait} with elements by their paths"):
        bind(trait, {"elements": elements})


HOSTILE = {
    "deep": "<a>" * 50_000,
    "deep-and-closed": "<a>" * 50_000 + "</a>" * 50_000,
    "unclosed-comments": "<!--<a><![CDATA[<?" * 50_000,
    "unclosed-scripts": "<script><svg>" * 30_000,
    "quotes": "<a '<b \"" * 30_000,
    "mixed-quotes": "<a \"'<a '\"" * 30_000,
    "long-name": "<" + "a" * 300_000,
    "names": "<a" * 100_000,
    "spaces": "<a " + " " * 300_000,
    "mismatched": "<a><b>" * 30_000 + "</a>" * 30_000,
    "open-and-empty": "<a><b/>" * 30_000,
    "blanks": (" " * 1000 + "<br>") * 1000,
    "bodies": "<body>x</body>" * 14_000,
    "bold-paragraphs": "<b><p>" * 33_000,
    "svg": "<svg><g>" * 25_000,
    "templates": "<template>" * 20_000,
    "entities": "&lt;" * 50_000,
    "new-lines": "</b>\n" * 40_000,
    "cdata": "<a><![CDATA[" * 16_000,
    "attributes": "<a " + " ".join(f"a{i}='1'" for i in range(50_000)) + "/>",
}


TRAITS = ["xml", "contains_xml", "html", "contains_html"]


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_costs_little(trait: str, text: str) -> None:
    """The work grows with the length of a text, whatever its tags and quotes are."""
    start = time.process_time()
    judge(trait, None, text[:20_000])
    assert time.process_time() - start < 2


@pytest.mark.parametrize("trait", TRAITS)
def test_deep_markup_is_survived(trait: str) -> None:
    """Two hundred thousand characters of nesting neither end the process nor hold it up."""
    start = time.process_time()
    assert not judge(trait, None, "<div>" * 40_000).passed
    assert time.process_time() - start < 10
