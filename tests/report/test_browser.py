"""The page in a real Chromium: inert, silent, usable by keyboard, without a script, and by all."""

import json
import os
import shutil
import subprocess
from itertools import cycle
from pathlib import Path

import pytest

from pytest_qwen.report import page_of
from pytest_qwen.report.anchor import anchor
from tests.report.browser import CHROMIUM, browser
from tests.report.hostile import PAYLOADS
from tests.report.records import case, record, sample, whole
from tests.report.test_against import FLIP, stray
from tests.report.test_page import hostile
from tests.report.test_preflight import difference, preflight

DRAW_ALL = (
    "document.querySelectorAll('.prompt').forEach(p => p.style.contentVisibility = 'visible')"
)
"""Prompts that are far away are not drawn, and their text is not there for `innerText`."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium: apt install chromium")


@pytest.fixture(scope="module")
def tab():
    """One browser for the tests of this file."""
    with browser() as page:
        yield page


@pytest.fixture
def load(tab, tmp_path):
    """Write a page and open it from its file."""

    def load(page, fragment=""):
        path = tmp_path / "report.html"
        path.write_bytes(page)
        tab.open("about:blank")  # another fragment alone would load nothing
        tab.open(path.as_uri() + fragment)
        return tab

    return load


@pytest.fixture
def two(tmp_path):
    """A page of two records: one case regressed, one is as it was, one loops.

    Some of it differs from its snapshots, and preflight found something.
    """
    texts = ["结论：水稻是一种粮食。", "结论：水稻是两种粮食。"]
    loop = "水稻是粮食。" * 9000
    rounds = {"of": "answer", "spans": [[0, 54_000]], "unit": loop[:6], "count": 9000, "period": 6}
    paths = [
        record(
            tmp_path / name,
            *(sample(text, passed=good, number=n, at_least=0.5) for n in range(3)),
            stray("well", "good", prompt="same"),
            stray("well", "badly and well", number=1, prompt="same", flip=FLIP, environment="H100"),
            sample(
                loop + str(good),
                role="base",
                finish="length",
                thinking="Hm.",
                thinking_state="closed",
                loop=rounds,
            ),
        )
        for name, text, good in zip("wn", texts, (True, False), strict=True)
    ]
    rows = [difference(behaviors=["greets", "other"]), difference("harmless", after="unread")]
    return page_of(paths[1], paths[0], preflight=preflight(tmp_path, *rows))


def troubles(tab):
    """Return what the console and the page complained of."""
    kinds = ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
    return [event for event in tab.events if event["method"] in kinds]


def test_payloads_stay_text(load, tmp_path):
    """No script of a record runs, no dialog opens, nothing is asked for but the file."""
    say = cycle(PAYLOADS)
    paths = [hostile(tmp_path, name, lambda: next(say)) for name in "ab"]
    for page in (page_of(paths[0]), page_of(*paths)):
        tab = load(page)
        tab.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        tab.run("document.querySelectorAll('a, button, summary, select').forEach(e => e.click())")
        tab.run("new Promise(done => setTimeout(done, 300))")
        assert tab.run("typeof pwned") == "undefined"
        assert [url for url in tab.requests() if not url.startswith(("file:", "blob:"))] == []
        opened = [event["method"] for event in tab.events]
        assert "Page.javascriptDialogOpening" not in opened
        assert tab.run("document.querySelectorAll('img, iframe, base, object, link').length") == 0


def test_the_elements_are_those_of_a_harmless_page(load, tmp_path):
    """A browser's own parser, too, finds no element that a record made."""
    for payload in PAYLOADS:
        counts = []
        for text in (payload, "z" * len(payload)):
            number = iter(range(10_000))
            path = hostile(tmp_path, "r", lambda text=text, n=number: f"{next(n):04d}{text}")
            counts.append(load(page_of(path)).run("document.querySelectorAll('*').length"))
        assert counts[0] == counts[1], payload


def test_the_policy_holds(load, two):
    """Should anything slip through, the browser still refuses script, style, image and request."""
    tab = load(two)
    assert troubles(tab) == []
    tab.run(
        "for (const html of ['<img src=http://canary.invalid/x onerror=window.pwned=1>',"
        "'<p style=color:red onclick=window.pwned=1>', '<style>p{color:red}</style>',"
        "'<iframe src=http://canary.invalid/></iframe>']) {"
        "const e = document.createElement('div'); e.innerHTML = html; document.body.append(e); }"
        "const s = document.createElement('script'); s.textContent = 'window.pwned=1';"
        "document.body.append(s);"
    )
    tab.run("new Promise(done => setTimeout(done, 300))")
    assert tab.run("typeof pwned") == "undefined"
    refused = [event["params"]["entry"]["text"] for event in troubles(tab)]
    assert sum("Content Security Policy" in text for text in refused) >= 5
    sent = [e for e in tab.events if e["method"] == "Network.responseReceived"]
    assert not any("canary" in e["params"]["response"]["url"] for e in sent)


def test_without_a_script_everything_can_be_read(load, tab, two):
    """Samples, thinking, diffs and the index are there; controls that need a script are not."""
    tab.scripts(False)
    try:
        load(two, f"#{anchor(case())}.2")
        tab.run(DRAW_ALL)
        text = tab.run("document.body.innerText")
        shown = tab.run(
            "[...document.querySelectorAll('ins')].filter(e => e.checkVisibility()).length"
        )
        assert "What changed" in text
        assert "switch enable_thinking" in text
        assert "Against its snapshot" in text
        assert shown >= 2, "the fragment opens the details around its sample"
        assert not tab.run("document.querySelector('form.filters').checkVisibility()")
        assert tab.run("document.querySelectorAll('.notes, .more').length") == 0
    finally:
        tab.scripts(True)


def test_a_permalink_shows_its_sample(load, two):
    """`#t=…` leads to the case, with a number to the sample, which takes the first place."""
    tab = load(two, f"#{anchor(case())}.2")
    first = f"document.getElementById('{anchor(case())}').querySelector('.first > *')"
    assert tab.run(f"{first}.id") == f"{anchor(case())}.2"
    assert 0 <= tab.run(f"{first}.getBoundingClientRect().top") < tab.run("innerHeight")


def test_a_walk_with_the_keyboard(load, two):
    """j and k go from prompt to prompt, / searches, ? helps, x opens, d turns dark, Tab goes on."""
    tab = load(two)
    name = "document.activeElement.querySelector('h3')?.innerText"
    tab.press("j")
    first = tab.run(name)
    tab.press("j")
    assert tab.run(name) != first
    tab.press("k")
    assert tab.run(name) == first
    tab.press("x")
    assert tab.run("document.activeElement.querySelectorAll('details[open]').length") > 0
    tab.press("Tab")
    assert tab.run("document.activeElement.closest('section.prompt') !== null")
    tab.press("?")
    assert tab.run("document.querySelector('#keys').open")
    tab.theme("light")
    tab.press("d")
    assert tab.run("getComputedStyle(document.documentElement).colorScheme") == "dark"
    tab.press("/")
    assert tab.run("document.activeElement.name") == "q"
    tab.press("x")
    assert tab.run("document.activeElement.value") == "x", "keys are text while one types"


def test_the_keyboard_reaches_a_dot(load, two):
    """Enter on a dot swaps the text."""
    tab = load(two)
    tab.run(f"document.querySelector('[href=\"#{anchor(case())}.1\"]').focus()")
    tab.press("Enter")
    first = f"document.getElementById('{anchor(case())}').querySelector('.first > *').id"
    assert tab.run(first) == f"{anchor(case())}.1"
    assert tab.run("location.hash").startswith("#t=")


def test_filters_and_their_state_in_the_address(load, two, tab):
    """What is chosen hides the rest and is in the address, which restores it."""
    load(two)
    count = "[...document.querySelectorAll('article')].filter(a => a.checkVisibility()).length"
    assert tab.run(count) == 3
    tab.run("document.querySelector('[value=regressed]').click()")
    tab.run("new Promise(done => setTimeout(done, 50))")
    assert tab.run(count) == 1
    assert "tag=regressed" in tab.run("location.hash")
    load(two, "#tag=loop&role=base")
    assert tab.run(count) == 1
    assert tab.run("document.querySelector('[value=loop]').checked")
    load(two, "#q=%E4%B8%A4%E7%A7%8D")
    assert tab.run(count) == 1


def test_an_address_with_filters_leads_to_the_cases(load, two):
    """What was filtered for is what one sees; without a filter the page begins at its top."""
    tab = load(two, "#tag=regressed")
    top = "document.querySelector('#cases').getBoundingClientRect().top"
    assert 0 <= tab.run(top) < 100
    assert load(two).run("scrollY") == 0


def test_search_reads_what_a_long_text_leaves_out(load, tmp_path):
    """The middle is kept compressed, of replies as of prompts."""
    text = "水稻 rice " * 3000 + "Nadel im Heu" + " wheat 小麦" * 3000
    asked = text.replace("Nadel", "Faden")
    lines = sample(text), sample("well", prompt="b", asked=asked), sample("none", prompt="c")
    page = page_of(record(tmp_path / "r", *lines))
    assert b"Nadel" not in page
    for words, prompt in (("nadel%20im", "zh"), ("faden%20im", "b")):
        tab = load(page, f"#q={words}")
        tab.run("new Promise(done => setTimeout(done, 300))")
        shown = "[...document.querySelectorAll('article')].filter(a => !a.hidden).map(a => a.id)"
        assert tab.run(shown) == [anchor(case(prompt=prompt))]


def test_a_long_text_is_unpacked_on_demand(load, two):
    """The loop is folded; a click shows all 54,000 characters."""
    tab = load(two, f"#{anchor(case(role='base'))}")
    tab.run("new Promise(done => setTimeout(done, 300))")
    size = "document.querySelector('article[data-role=base] ins, article[data-role=base] pre').textContent.length"
    assert tab.run(size) < 1000
    tab.run("document.querySelector('article[data-role=base] .more').click()")
    tab.run("new Promise(done => setTimeout(done, 300))")
    longest = "Math.max(...[...document.querySelectorAll('pre')].map(e => e.textContent.length))"
    assert tab.run(longest) == 54_000 + len("True")


def test_notes_are_json_for_download(load, two):
    """What a reviewer decides and writes, under the digest of the candidate's record."""
    tab = load(two, f"#{anchor(case())}")
    tab.run("new Promise(done => setTimeout(done, 300))")
    tab.run(
        "window.blobs = []; const make = URL.createObjectURL;"
        "URL.createObjectURL = blob => { blobs.push(blob); return make(blob); };"
        "HTMLAnchorElement.prototype.click = () => {};"
        f"const note = document.getElementById('{anchor(case())}').querySelector('.notes');"
        "note.querySelector('textarea').value = '</script>更差了';"
        "note.querySelector('select').value = 'reject';"
        "note.dispatchEvent(new Event('input', {bubbles: true}));"
        "document.querySelector('button.download').click();"
    )
    downloaded = json.loads(tab.run("blobs[0].text()"))
    assert downloaded["notes"] == [
        {"case": case(), "decision": "reject", "note": "</script>更差了"}
    ]
    assert len(downloaded["record"]) == 64


@pytest.mark.parametrize("width", [400, 1024, 1440])
def test_nothing_is_wider_than_the_window(load, tmp_path, width):
    """Tables scroll in themselves, the page does not go sideways."""
    roles = ("base", "instruct", "reasoning")
    lines = [sample(role=r, prompt=f"p{n}", behavior="greets" * 4) for r in roles for n in range(9)]
    tab = load(page_of(record(tmp_path / "r", *lines)))
    tab.size(width, 900)
    tab.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.run("document.documentElement.scrollWidth") <= tab.run("innerWidth")


def test_the_axis_of_a_histogram_is_below_its_bars(load, two):
    """It begins and ends where they do, not below the role's name."""
    tab = load(two)
    tab.size(1440, 900)
    edges = tab.run(
        "[...document.querySelectorAll('figure')].filter(f => f.querySelector('.histogram'))"
        ".map(f => [...f.querySelectorAll('svg, .ticks')].map(e => e.getBoundingClientRect())"
        ".map(box => `${box.left} to ${box.right}`))"
    )
    assert [len(set(figure)) for figure in edges] == [1]


def axe():
    """Return the source of axe-core, from AXE_CORE or npm's global folder; None where it is not."""
    if named := os.environ.get("AXE_CORE"):
        return Path(named)
    if npm := shutil.which("npm"):
        root = subprocess.run(
            [npm, "root", "-g"], capture_output=True, text=True, check=False
        ).stdout
        path = Path(root.strip()) / "axe-core" / "axe.min.js"
        return path if path.is_file() else None
    return None


@pytest.mark.parametrize("view", [("light", 1440), ("dark", 1440), ("light", 400), ("dark", 400)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_serious_for_axe(load, two, tmp_path, view, language):
    """axe-core finds no serious or critical violation, with everything opened."""
    source = axe()
    if source is None:
        pytest.skip("needs axe-core: npm install -g axe-core, or AXE_CORE=…/axe.min.js")
    record(
        tmp_path / "r",
        sample(passed=False),
        sample(role="base"),
        sample(prompt="b", finish="length"),
        whole(prompt="b", other=case()),
        stray(prompt="c"),
    )
    page = two if language == "en" else page_of(tmp_path / "r", None, "zh")
    tab = load(page)
    tab.theme(view[0])
    tab.size(view[1], 900)
    tab.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    tab.run(DRAW_ALL)
    tab.run("new Promise(done => setTimeout(done, 200))")
    tab.run(source.read_text(encoding="utf-8") + ";0")
    violations = tab.run(
        "axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.html).slice(0, 3)]))"
    )
    assert [violation for violation in violations if violation[0] in ("serious", "critical")] == []
