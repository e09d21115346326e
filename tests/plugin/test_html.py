"""pytest-html: columns, details for each sample, and nothing that a model says becomes markup."""

import json
import re
from html import unescape

import pytest


def rows(project):
    page = (project.path / "r.html").read_text(encoding="utf-8")
    blob = re.search(r'data-jsonblob="([^"]*)"', page)[1]
    tests = json.loads(unescape(blob))["tests"]
    return page, {name: one[0] for name, one in tests.items()}


def test_rows_have_role_behavior_and_details(project):
    """Each row shows prompt, thinking (collapsed), answer and verdicts, on workers too."""
    project.behavior("{instruct: [{one_of: [never]}], reasoning: [{thinking: closed}]}")
    for arguments in (["-p", "no:xdist"], ["-n", "2"]):
        project.run("--html=r.html", "--self-contained-html", *arguments)
        page, found = rows(project)
        assert 'data-column-type="role"' in page
        row = found["behaviors/says.yaml::says[reasoning-zh]"]
        cells = "".join(row["resultsTableRow"])
        assert '<td class="col-role">reasoning</td><td class="col-behavior">says</td>' in cells
        assert '<summary>thinking <span class="badge">closed</span>' in row["log"]
        assert '<pre lang="zh">你好！</pre>' in row["log"]
        assert '<p class="meta">sample 0 · stop · ' in row["log"]
        assert "<li>✓ 1/1 <b>thinking</b> closed" in row["log"]
        assert "✓ thinking: " in row["log"]
        log = found["behaviors/says.yaml::says[instruct-zh]"]["log"]
        assert '<li class="no">✗ 0/1 <b>one_of</b> [never]' in log
        assert '<p class="why no">✗ one_of: ' in log


def test_markup_is_escaped(project):
    """Tags in prompts, ids of traits and replies are text."""
    attack = "<img src=x onerror=alert(1)>"
    project.write(
        "behaviors/a.yaml",
        f"behavior: a\nprompts: [{{id: p, text: '{attack}'}}]\n"
        f"expect: {{instruct: [{{one_of: ['{attack}']}}]}}\n",
    )
    project.run("--html=r.html", "--self-contained-html")
    _page, found = rows(project)
    (row,) = found.values()
    assert "<img" not in row["log"]
    assert "&lt;img src=x onerror=alert(1)&gt;" in row["log"]


@pytest.mark.parametrize("plugin", ["no:html", "no:xdist"])
def test_the_plugin_works_without(project, plugin):
    """Neither pytest-html nor xdist is needed."""
    project.behavior("{instruct: [{finish: stop}]}")
    project.run("-p", plugin).assert_outcomes(passed=1)


def test_foreign_rows_stay_whole(project):
    """A test of another kind has empty cells, so that columns line up."""
    project.write("behaviors/test_a.py", "def test_a():\n    pass\n")
    project.run("--html=r.html", "--self-contained-html")
    _, found = rows(project)
    (row,) = found.values()
    assert len(row["resultsTableRow"]) == 6


def test_a_row_stays_small(project):
    """A case of many samples shows the first, and says how many more there are."""
    project.behavior("{base: [{length: {at_least: 1}}]}", samples=200)
    project.run("--html=r.html", "--self-contained-html", "-p", "no:xdist")
    _, found = rows(project)
    (row,) = found.values()
    assert len(row["log"]) < 60_000
    assert row["log"].count('<p class="meta">sample ') == 20
    assert "<p>180 more samples: see the record</p>" in row["log"]


def test_an_id_with_markup_is_escaped(project):
    """pytest-html shows the ids of parametrized tests as they are."""
    project.write(
        "behaviors/test_a.py",
        "import pytest\nfrom pytest_qwen import behavior\n"
        "@pytest.mark.parametrize('x', [1], ids=['<img src=x onerror=alert(1)>'])\n"
        "@behavior(role='instruct', prompt='你好！')\n"
        "def test_asks(x, reply):\n    pass\n",
    )
    project.run("--html=r.html", "--self-contained-html")
    _, found = rows(project)
    (row,) = found.values()
    assert "<img" not in "".join(row["resultsTableRow"])
    assert "&lt;img" in "".join(row["resultsTableRow"])
