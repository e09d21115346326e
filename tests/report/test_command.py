"""`pytest-qwen report`, as a user types it."""

import sys

import pytest

from tests.cli.test_main import typed
from tests.report.records import record, sample


@pytest.fixture
def records(tmp_path):
    """A baseline, and a candidate that is worse."""
    record(tmp_path / "was.jsonl", sample("早上好。"))
    record(tmp_path / "now.jsonl", sample("晚上好。", passed=False))
    return tmp_path


def test_one_record(records):
    """The file is written whole, and its size is told."""
    status, out, err = typed(records, "pytest-qwen report now.jsonl -o page.html")
    assert (status, out, err) == (0, "page.html: 0.0 MB\n", "")
    made = (records / "page.html").read_text(encoding="utf-8")
    assert "晚上好。" in made
    assert "早上好。" not in made


def test_two_records(records):
    """The first is the baseline of the second."""
    typed(records, "pytest-qwen report was.jsonl now.jsonl -o page.html")
    made = (records / "page.html").read_text(encoding="utf-8")
    assert "<del>早</del>" in made
    assert "<ins>晚</ins>" in made


def test_in_chinese(records):
    """`--lang zh` sets the page's own words."""
    typed(records, "pytest-qwen report now.jsonl -o page.html --lang zh", LC_ALL="C")
    assert "行为报告" in (records / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ("report nothing.jsonl -o p.html", 2, "nothing.jsonl: expected a record, got No such file"),
        ("report now.jsonl", 2, "the following arguments are required: -o/--output"),
        ("report now.jsonl -o no/p.html", 2, "no/p.html: expected a file to write, got No such"),
        ("report now.jsonl -o p.html --lang fr", 2, "invalid choice: 'fr'"),
    ],
)
def test_what_goes_wrong_is_one_line(records, command, status, message):
    """No traceback, and no file."""
    got, out, err = typed(records, f"pytest-qwen {command}")
    assert (got, out) == (status, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (records / "p.html").exists()


def test_the_old_page_survives_a_bad_record(records):
    """A page is replaced when the new one is there."""
    (records / "page.html").write_text("old")
    (records / "bad.jsonl").write_text("[]\n")
    status, _, err = typed(records, "pytest-qwen report bad.jsonl -o page.html")
    assert (status, (records / "page.html").read_text()) == (2, "old")
    assert err.startswith("bad.jsonl:1: expected ")


def test_nothing_heavy_is_imported(records):
    """A page needs neither torch nor transformers, nor pytest."""
    import subprocess

    script = (
        "import sys\nfrom pytest_qwen.cli.main import main\nmain(['report', 'now.jsonl', '-o', 'p'])\n"
        "print(sorted({'torch', 'transformers', 'pytest', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=records, capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("\n[]\n")


def gate(folder, **fields):
    """Write what a gate decided about the two records."""
    import hashlib
    import json

    names = {"baseline": "was.jsonl", "candidate": "now.jsonl"}
    sides = {
        side: {"path": name, "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for side, name in names.items()
    }
    rows = [
        {"name": "suite", "verdict": "REGRESSED", "change": -0.127, "lower": -0.2, "upper": -0.05},
        {"name": "<b>", "verdict": None, "change": 0, "lower": None, "upper": None},
    ]
    numbers = {"items": 1, "clusters": 1, "baseline": 1, "candidate": 0.9, "p": 0.1, "test": "x"}
    data = {
        "schema": 1,
        "verdict": "REGRESSED",
        "reasons": ["</h2><script>x"],
        "policy": {"margin": 0.1, "hash": "0"},
        "attempt": 1,
        "question": "0",
        "completeness": {
            "expected": 1,
            "baseline": {"observed": 1, "missing": {}},
            "candidate": {"observed": 1, "missing": {}},
        },
        "gated": [{**row, **numbers, "p_adjusted": 0.1} for row in rows],
    }
    text = json.dumps({**data, **sides, **fields})
    (folder / "gate.json").write_text(text, encoding="utf-8")


def test_the_verdict_of_the_gate_comes_first(records):
    """With its reasons, and each change beside the margin; as untrusted as the records."""
    gate(records)
    command = "pytest-qwen report was.jsonl now.jsonl --gate gate.json -o page.html"
    assert typed(records, command)[0] == 0
    made = (records / "page.html").read_text(encoding="utf-8")
    assert '<p class="seal"><b>REGRESSED</b>Gate</p>' in made
    assert "&lt;/h2&gt;&lt;script&gt;x" in made
    assert made.count("<script>") == 1
    assert "<td>-12.7</td>" in made
    assert made.index("may not replace") < made.index('id="overview"')


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"verdict": "FINE"},
            "gate.json: expected one of PASS, MINOR, REGRESSED, INCONCLUSIVE, INVALID as verdict, got 'FINE': name what",
        ),
        (
            {"candidate": {"path": "now.jsonl", "sha256": "0"}},
            "gate.json: expected these records, got the decision on",
        ),
    ],
)
def test_another_decision_is_refused(records, fields, message):
    """A verdict about other records would be the worst that a page could show."""
    gate(records, **fields)
    command = "pytest-qwen report was.jsonl now.jsonl --gate gate.json -o page.html"
    status, _, err = typed(records, command)
    assert status == 2
    assert err.startswith(message)


def test_a_gate_needs_two_records(records):
    """The option says so."""
    status, _, err = typed(records, "pytest-qwen report now.jsonl --gate gate.json -o page.html")
    assert (status, err) == (
        2,
        "--gate: expected two records, got one: name the candidate as well\n",
    )
