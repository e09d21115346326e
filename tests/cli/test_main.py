"""The command `pytest-qwen`, as a user types it: what it prints, where, and its exit status."""

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from pytest_qwen.engine.store import Store
from pytest_qwen.model_io.reply import Finish, Reply
from tests.cli.command_line import LOCALES, typed

ROOT = Path(__file__).parents[2]
OLD = 1_000_000_000  # 2001-09-09 01:46:40 UTC


def reply(key):
    return Reply(text=f"结论：{key}。", token_ids=(7, 8), finish=Finish.LENGTH, request_key=key)


def fill(folder, *keys, made=OLD):
    with closing(Store(folder)) as store:
        store.put(map(reply, keys), made)
        return store.path


def test_show_says_how_much_is_kept(tmp_path):
    """Without a folder it is the one where pytest keeps replies; dates are UTC."""
    path = fill(tmp_path / ".qwen" / "store", "a", "b")
    fill(path.parent, "c", made=OLD + 86_400)
    assert typed(tmp_path, "pytest-qwen store show") == (
        0,
        (
            ".qwen/store/replies.sqlite3\n"
            "  replies  3\n"
            f"  size     {path.stat().st_size // 1024}.0 KiB\n"
            "  oldest   2001-09-09 01:46 UTC\n"
            "  newest   2001-09-10 01:46 UTC\n"
        ),
        "",
    )


def test_show_of_an_empty_store(tmp_path):
    """A store without replies has no dates."""
    fill(tmp_path)
    status, out, err = typed(tmp_path, "pytest-qwen store show .")
    assert (status, err) == (0, "")
    assert re.search(r"replies  0\n  size     \d+\.\d KiB\n  oldest   none\n  newest   none\n", out)


@pytest.mark.parametrize("what", ["show", "verify", "prune --days 1", "export", "export -o x"])
def test_where_no_store_is_none_is_made(tmp_path, what):
    """Every command says what is missing, and leaves the folder as it is."""
    assert typed(tmp_path, f"pytest-qwen store {what}") == (
        2,
        "",
        (
            ".qwen/store/replies.sqlite3: expected a store, got no such file: "
            "run pytest first, or name the folder of a store\n"
        ),
    )
    assert list(tmp_path.iterdir()) == []


def test_another_version_is_refused(tmp_path):
    """A store of another version is told in one line and not touched."""
    path = fill(tmp_path, "a")
    with closing(Store(tmp_path)) as store:
        store._db.execute("PRAGMA user_version = 1")
    before = path.read_bytes()
    assert typed(tmp_path, "pytest-qwen store prune --days 0 .") == (
        2,
        "",
        (
            "replies.sqlite3: expected a store of version 3, got 1: "
            "use another --qwen-store, or remove this one\n"
        ),
    )
    assert path.read_bytes() == before


def test_what_is_no_store_is_refused(tmp_path):
    """A file that is not SQLite gives one line, which says what to do."""
    (tmp_path / "replies.sqlite3").write_bytes(b"not a database" * 100)
    status, out, err = typed(tmp_path, "pytest-qwen store verify .")
    assert (status, out) == (2, "")
    assert err == (
        "replies.sqlite3: expected a store, got file is not a database: see to disk and "
        "permissions, or remove the file: the next run generates its replies anew\n"
    )


def test_verify_drops_a_flipped_byte_and_keeps_the_rest(tmp_path):
    """The exit status is 1 when something was dropped, and 0 when all is sound."""
    path = fill(tmp_path, "a", "b", "c")
    whole = bytearray(path.read_bytes())
    whole[whole.index(rb"\uff1ab") + 6] ^= 1  # the letter of the text 结论：b
    path.write_bytes(whole)
    assert typed(tmp_path, "pytest-qwen store verify .") == (
        1,
        (
            "replies.sqlite3\n"
            "  good     2 replies\n"
            "  dropped  1 reply: the next run generates anew what it needs\n"
        ),
        "",
    )
    assert typed(tmp_path, "pytest-qwen store verify .") == (
        0,
        "replies.sqlite3\n  good     2 replies\n  dropped  0 replies\n",
        "",
    )
    with closing(Store(tmp_path)) as store:
        assert store.get("abc") == {"a": reply("a"), "c": reply("c")}


def test_prune_removes_what_is_old(tmp_path):
    """It says what went and what the file takes now; new replies stay."""
    fill(tmp_path, *map(str, range(200)))
    path = fill(tmp_path, "new", made=None)
    before = path.stat().st_size
    status, out, err = typed(tmp_path, "pytest-qwen store prune --days 30 .")
    after = path.stat().st_size
    assert (status, err) == (0, "")
    assert out == (
        "replies.sqlite3\n"
        "  removed  200 replies\n"
        "  kept     1 reply\n"
        f"  size     {after / 1024:.1f} KiB, before {before / 1024:.1f} KiB\n"
    )
    assert after < before


def test_replies_of_an_older_release_are_shown_and_pruned(tmp_path):
    """`show` says how many there are; `prune` without --days removes them alone."""
    fill(tmp_path, "a", "b")
    with closing(Store(tmp_path)) as store:
        store._db.execute("PRAGMA user_version = 2")
    fill(tmp_path, "c")
    status, out, err = typed(tmp_path, "pytest-qwen store show .")
    assert (status, err) == (0, "")
    assert out.splitlines()[1::4] == [
        "  replies  1",
        "  unused   2 of an older release: `store prune` removes them",
    ]
    status, out, err = typed(tmp_path, "pytest-qwen store prune .")
    assert (status, err) == (0, "")
    assert out.splitlines()[1:3] == ["  removed  2 replies", "  kept     1 reply"]


def test_an_export_is_read_back(tmp_path):
    """Each line has the fields of a reply by name; Chinese can be read as it is."""
    fill(tmp_path, "b", "a")
    status, out, err = typed(tmp_path, "pytest-qwen store export .")
    assert (status, err) == (0, "")
    assert "结论：b。" in out
    lines = out.splitlines()
    assert [Reply.from_json(json.loads(line)) for line in lines] == [reply("b"), reply("a")]
    status, said, err = typed(tmp_path, "pytest-qwen store export . -o replies.jsonl")
    assert (status, err) == (0, "")
    size = len(out.encode())
    assert said == f"replies.jsonl\n  written  2 replies\n  size     {size} B\n"
    assert (tmp_path / "replies.jsonl").read_text(encoding="utf-8") == out


def test_an_export_leaves_damaged_replies_out(tmp_path):
    """What is left out is told on standard error, apart from the data."""
    with closing(Store(tmp_path)) as store:
        store.put([reply("a"), reply("b")])
        store._db.execute("UPDATE replies SET sha256 = '' WHERE key = 'a'")
    status, out, err = typed(tmp_path, "pytest-qwen store export .")
    assert status == 0
    assert [json.loads(line)["request_key"] for line in out.splitlines()] == ["b"]
    assert err == (
        "replies.sqlite3: expected sound replies, got 1 damaged, left out: run `store verify`\n"
    )


def test_a_lone_surrogate_is_exported(tmp_path):
    """A text that UTF-8 cannot hold comes back as it was."""
    odd = Reply(text='half \ud83d of a "\\', request_key="a")
    with closing(Store(tmp_path)) as store:
        store.put([odd])
    status, out, _ = typed(tmp_path, "pytest-qwen store export .")
    assert status == 0
    assert Reply.from_json(json.loads(out)) == odd


def test_a_failed_export_leaves_the_old_file(tmp_path):
    """A store that breaks off replaces nothing, and no half file stays."""
    path = fill(tmp_path, *map(str, range(100)))
    path.write_bytes(path.read_bytes()[:-8192])
    (tmp_path / "out.jsonl").write_text("old")
    status, out, err = typed(tmp_path, "pytest-qwen store export . -o out.jsonl")
    assert (status, out) == (2, "")
    assert err.startswith("replies.sqlite3: expected a store, got ")
    assert err.count("\n") == 1
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert sorted(p.suffix for p in tmp_path.iterdir() if "sqlite3" not in p.name) == [".jsonl"]


def test_an_export_goes_where_links_and_devices_lead(tmp_path):
    """A link stays a link to the file that is written; a device is written, not replaced."""
    fill(tmp_path, "a")
    (tmp_path / "link").symlink_to("real.jsonl")
    assert typed(tmp_path, "pytest-qwen store export . -o link")[0] == 0
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "real.jsonl").read_bytes())["text"] == "结论：a。"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert typed(tmp_path, "pytest-qwen store export . -o pipe")[0] == 0
    assert json.loads(os.read(reader, 10_000))["request_key"] == "a"
    os.close(reader)


@pytest.mark.parametrize(
    ("output", "got"),
    [
        ("none/x.jsonl", "No such file or directory"),
        (".", "Is a directory"),
        pytest.param(
            "/dev/full",
            "No space left on device",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux"),
        ),
    ],
)
def test_an_output_that_cannot_be_written_is_told(tmp_path, output, got):
    """One line names the file and says what to do."""
    fill(tmp_path, "a")
    assert typed(tmp_path, f"pytest-qwen store export . -o {output}") == (
        2,
        "",
        f"{output}: expected a file to write, got {got}: name another with -o\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("what", ["show", "export"])
def test_a_full_standard_output_is_told(tmp_path, what):
    """What cannot be printed is no success."""
    fill(tmp_path, "a")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pytest_qwen.cli.main", "store", what, tmp_path],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == (
        "standard output: expected to write, got No space left on device: write to another place\n"
    )


def test_a_reader_that_goes_away_is_no_crash(tmp_path):
    """Under `| head` nothing is said."""
    fill(tmp_path, *map(str, range(2000)))
    words = [sys.executable, "-m", "pytest_qwen.cli.main", "store", "export", tmp_path]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 2


@pytest.mark.parametrize("locale", LOCALES)
def test_any_locale_shows_any_path(tmp_path, locale):
    """A Chinese folder is found and named; what is exported has the same bytes everywhere."""
    fill(tmp_path / "存储", "a")
    status, out, err = typed(tmp_path, "pytest-qwen store show 存储", **LOCALES[locale])
    name = r"\u5b58\u50a8" if locale == "ascii-streams" else "存储"
    assert (status, err) == (0, "")
    assert out.startswith(f"{name}/replies.sqlite3\n  replies  1\n")
    status, out, err = typed(tmp_path, "pytest-qwen store export 存储", **LOCALES[locale])
    assert (status, err) == (0, "")
    assert Reply.from_json(json.loads(out)) == reply("a")
    status, out, err = typed(tmp_path, "pytest-qwen store show 没有", **LOCALES[locale])
    assert (status, out) == (2, "")
    assert "replies.sqlite3: expected a store, got no such file: run pytest first" in err


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("pytest-qwen", "pytest-qwen: the following arguments are required: COMMAND: see "),
        ("pytest-qwen stor", "pytest-qwen: argument COMMAND: invalid choice: 'stor' (choose from "),
        ("pytest-qwen store", "pytest-qwen store: the following arguments are required: COMMAND"),
        (
            "pytest-qwen store prune --days -1",
            (
                "pytest-qwen store prune: argument --days: expected a number of days, 0 or more, "
                "got '-1': see pytest-qwen store prune --help\n"
            ),
        ),
        ("pytest-qwen store prune --days ３", "pytest-qwen store prune: argument --days: expected"),
        ("pytest-qwen store show a b", "pytest-qwen: unrecognized arguments: b: see "),
    ],
)
def test_bad_usage_is_one_line(tmp_path, command, line):
    """A wrong command line says what was expected and where to read on, and changes nothing."""
    status, out, err = typed(tmp_path, command)
    assert (status, out) == (2, "")
    assert err.startswith(line)
    assert err.endswith("--help\n")
    assert err.count("\n") == 1


def test_help_names_every_command(tmp_path):
    """The help of each level lists what comes next, with defaults."""
    expected = {
        "pytest-qwen --help": [
            "usage: pytest-qwen ",
            "store show, verify",
            "audit list the traits",
            "see the group qwen in pytest",
        ],
        "pytest-qwen audit --help": ["RECORD [RECORD ...]", "as --qwen-record has it"],
        "pytest-qwen store --help": ["show say", "verify read", "prune remove", "export write"],
        "pytest-qwen store prune --help": ["--days N", "[DIR]", "(default: .qwen/store)"],
        "pytest-qwen store export --help": ["--output FILE", "in UTF-8."],
    }
    assert typed(tmp_path, "pytest-qwen --version") == (
        0,
        f"pytest-qwen {version('pytest-qwen')}\n",
        "",
    )
    for command, parts in expected.items():
        status, out, err = typed(tmp_path, command)
        assert (status, err) == (0, "")
        assert [part for part in parts if part not in " ".join(out.split())] == []


def test_nothing_heavy_is_imported(tmp_path):
    """The command starts without torch, pydantic or pytest."""
    code = "import sys, pytest_qwen.cli.main; print({'torch', 'pydantic', 'pytest'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"


def test_the_script_is_declared(tmp_path):
    """The installed command is this module's `main`."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"pytest-qwen": "pytest_qwen.cli.main:main"}


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("report run.jsonl", "-o"),
        ("store export", "-o"),
        ("judge cases.jsonl", "-o"),
        ("judge behaviors", "--template"),
        ("preflight tiny tiny", "--out"),
        ("gate run.jsonl run.jsonl", "--out"),
        ("gate run.jsonl run.jsonl", "--summary"),
        ("gate run.jsonl run.jsonl", "--junit"),
    ],
)
def test_no_command_writes_over_a_baseline(tmp_path, command, option):
    """One line before anything is read: of the files that are named, only the baseline is there."""
    (tmp_path / "base.jsonl").write_text("approved")
    (tmp_path / "base.jsonl.approvals.jsonl").write_text("by")
    assert typed(tmp_path, f"pytest-qwen {command} {option} base.jsonl") == (
        2,
        "",
        (
            "base.jsonl: an approved baseline, which only `pytest-qwen approve` replaces: "
            "name another file\n"
        ),
    )
    assert (tmp_path / "base.jsonl").read_text() == "approved"


@pytest.mark.parametrize(
    "inputs",
    [
        "x.jsonl",
        "x.jsonl b.jsonl",
        "a.jsonl x.jsonl",
        "a.jsonl b.jsonl --gate x.jsonl",
        "a.jsonl b.jsonl --preflight x.jsonl",
    ],
)
def test_a_page_takes_the_place_of_nothing_that_it_is_made_from(tmp_path, inputs):
    """Records, the gate's decision and what preflight found stay, whatever a path is written like."""
    (tmp_path / "x.jsonl").write_text("mine")
    assert typed(tmp_path, f"pytest-qwen report {inputs} -o ./../{tmp_path.name}/x.jsonl") == (
        2,
        "",
        f"../{tmp_path.name}/x.jsonl: the page is made from this file: name another with -o\n",
    )
    assert (tmp_path / "x.jsonl").read_text() == "mine"


def test_a_name_may_be_as_long_as_the_disk_takes(tmp_path):
    """Looking for approvals beside it, whose name is longer, is no error."""
    fill(tmp_path, "a")
    name = "n" * 240
    assert typed(tmp_path, f"pytest-qwen store export . -o {name}")[0::2] == (0, "")
    assert (tmp_path / name).stat().st_size
