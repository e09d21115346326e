"""The store: replies by key, many writers, damage found, other versions refused, maintenance."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest

from pytest_qwen.engine.store import Store, StoreError, _checksum
from pytest_qwen.engine.store_admin import StoreAdmin, Summary
from pytest_qwen.model_io.reply import Finish, Reply, ThinkingState

FILE = "replies.sqlite3"


def reply(key, text="结论"):
    return Reply(
        text=text,
        token_ids=(1, 2),
        thinking_state=ThinkingState.CLOSED,
        finish=Finish.LENGTH,
        request_key=key,
    )


def filled(folder, *keys, made=None):
    """Make a store and close it, so that its file holds everything; return the file's bytes."""
    with closing(Store(folder)) as store:
        store.put([reply(key, f"结论：{key}" * 40) for key in keys], made)
    return (folder / FILE).read_bytes()


def assert_never_wrong(folder, keys):
    """Read a damaged store, fill and read it again: each reply is right, absent, or refused."""
    right = {key: reply(key, f"结论：{key}" * 40) for key in keys}
    try:
        with closing(Store(folder)) as store:
            for _ in range(2):
                found = store.get(keys)
                assert found == {key: right[key] for key in found}
                store.put([right[key] for key in keys if key not in found])
    except StoreError:
        pass


def test_what_was_put_is_found(tmp_path):
    """A reply comes back equal; unknown keys are absent; the first reply of a key stays."""
    store = Store(tmp_path)
    store.put([reply("a"), reply("b")])
    store.put([reply("a", "another")])
    assert Store(tmp_path).get(["a", "b", "c"]) == {"a": reply("a"), "b": reply("b")}


@pytest.mark.parametrize(
    "change",
    [
        "payload = '{'",
        "payload = replace(payload, 'length', 'stop')",
        "payload = CAST(x'ff' AS TEXT)",
        "payload = NULL",
        "sha256 = 'x'",
        "made = made + 1",
    ],
)
def test_a_damaged_row_is_dropped(tmp_path, change):
    """A flipped byte counts as absent, and the reply can be put again."""
    store = Store(tmp_path)
    store.put([reply("a"), reply("b")])
    with sqlite3.connect(store.path) as db:
        db.execute(f"UPDATE replies SET {change} WHERE key = 'a'")
    assert store.get(["a", "b"]) == {"b": reply("b")}
    store.put([reply("a")])
    assert store.get(["a"]) == {"a": reply("a")}


def test_a_row_does_not_answer_for_another_key(tmp_path):
    """The checksum covers the key."""
    store = Store(tmp_path)
    store.put([reply("a")])
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE replies SET key = 'b'")
    assert store.get(["b"]) == {}


def test_another_version_is_refused(tmp_path):
    """An old or newer file is never misread."""
    store = Store(tmp_path)
    with sqlite3.connect(store.path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="expected a store of version 3, got 99: use another"):
        Store(tmp_path)


def test_the_first_version_is_refused(tmp_path):
    """A store whose rows had no date is left as it is."""
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("CREATE TABLE replies (key TEXT PRIMARY KEY, payload TEXT, sha256 TEXT)")
        db.execute("PRAGMA user_version = 1")
    before = (tmp_path / FILE).read_bytes()
    for opened in (Store, StoreAdmin):
        with pytest.raises(StoreError, match="expected a store of version 3, got 1: use another"):
            opened(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


def older(folder, *keys):
    """Make a store as version 2 of it was: the same table, with keys that are not made any more."""
    filled(folder, *keys)
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.execute("PRAGMA user_version = 2")


@pytest.mark.parametrize("opened", [Store, StoreAdmin])
def test_the_version_before_is_put_aside(tmp_path, opened):
    """Its replies answer nothing and are neither lost nor counted as kept; new ones go beside them."""
    older(tmp_path, "a", "b")
    with closing(opened(tmp_path)) as store:
        assert (store.unused(), store.get("a"), store.keys("a")) == (2, {}, set())
        store.put([reply("a", "new")])
    with closing(StoreAdmin(tmp_path)) as store:
        assert store.get("a") == {"a": reply("a", "new")}
        assert (store.summary().replies, store.summary().unused) == (1, 2)
        assert [one.request_key for one in store.export()] == ["a", "b", "a"]
        assert store.verify() == (3, 0)
        assert (store.prune(), store.unused(), store.summary().replies) == (2, 0, 1)
        assert store.prune() == 0


def test_looking_changes_nothing(tmp_path):
    """A summary and an export of a store of the version before leave its file to that release."""
    older(tmp_path, "a", "b")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with closing(StoreAdmin(tmp_path, read_only=True)) as store:
        held = store.summary()
        assert (held.replies, held.oldest, held.unused) == (0, None, 2)
        assert [kept.request_key for kept in store.export()] == ["a", "b"]
        with pytest.raises(StoreError, match="readonly"):
            store.put([reply("c")])
    assert (tmp_path / FILE).read_bytes() == before[FILE]
    assert {f.name for f in tmp_path.iterdir() if f.stat().st_size and "shm" not in f.name} == {
        FILE
    }


@pytest.mark.parametrize("payload", ['{"answer": "4"}', "[]", '{"text": "4", "finish": "?"}'])
def test_a_sound_row_that_is_no_reply_counts_as_damaged(tmp_path, payload):
    """Its checksum fits, so that only reading it tells; it is absent, and `verify` drops it."""
    filled(tmp_path, "a", "b")
    with closing(StoreAdmin(tmp_path)) as store:
        row = (payload, _checksum("a", 0, payload))
        update = "UPDATE replies SET made = 0, payload = ?, sha256 = ? WHERE key = 'a'"
        store._db.execute(update, row)
        assert [kept and kept.request_key for kept in store.export()] == [None, "b"]
        assert store.verify() == (1, 1)
        store.put([reply("a")])
        store._db.execute(update, row)
        assert store.get("a") == {}


def test_a_reply_that_an_older_release_ended_early_can_be_read(tmp_path):
    """Its `finish: verdict` stays a word of the store's, though no engine says it any more."""
    early = replace(reply("a"), finish=Finish.VERDICT)
    with closing(Store(tmp_path)) as store:
        store.put([early])
        store._db.execute("PRAGMA user_version = 2")
    with closing(StoreAdmin(tmp_path)) as store:
        assert list(store.export()) == [early]


def test_two_processes_bring_a_store_up_at_once(tmp_path):
    """Whoever comes second finds it done."""
    older(tmp_path, "a")
    code = (
        "import sys\nfrom pathlib import Path\nfrom pytest_qwen.engine.store import Store\n"
        "print(Store(Path(sys.argv[1])).unused())\n"
    )
    command = [sys.executable, "-c", code, tmp_path]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] for process in both] == ["1\n"] * 2


def test_a_table_of_others_is_refused(tmp_path):
    """A database without a version that already has such a table is not taken over."""
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        db.execute("CREATE TABLE replies (key TEXT PRIMARY KEY, payload TEXT, sha256 TEXT)")
    with pytest.raises(StoreError, match="table replies already exists"):
        Store(tmp_path)


def test_what_is_no_store_is_refused(tmp_path):
    """A file that is not SQLite is named, and left as it is."""
    path = tmp_path / "replies.sqlite3"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"replies.sqlite3: expected a store, got"):
        Store(tmp_path)
    assert path.read_bytes() == b"not a database" * 100


def test_eight_writers_lose_nothing(tmp_path):
    """Processes that write at once all find all rows afterwards."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from pytest_qwen.model_io.reply import Reply\n"
        "from pytest_qwen.engine.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for i in range(50):\n"
        "    store.put([Reply(text=str(i), request_key=f'{sys.argv[2]}-{i}')])\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, tmp_path, str(n)]) for n in range(8)]
    assert [writer.wait(60) for writer in writers] == [0] * 8
    keys = [f"{n}-{i}" for n in range(8) for i in range(50)]
    assert len(Store(tmp_path).get(keys)) == 400


def test_a_killed_writer_leaves_what_it_put(tmp_path):
    """A process that is killed while it writes keeps nobody out, and loses nothing from before."""
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from pytest_qwen.model_io.reply import Reply\n"
        "from pytest_qwen.engine.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "store.put([Reply(text='kept', request_key='kept')])\n"
        "store._db.execute('BEGIN IMMEDIATE')\n"
        "store._db.execute(\"INSERT INTO replies VALUES ('half', 0, '{}', '')\")\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, tmp_path], timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    with closing(Store(tmp_path)) as store:
        store.put([reply("next")])
        assert store.keys(["kept", "half", "next"]) == {"kept", "next"}
        assert store.get(["kept"])["kept"].text == "kept"


def test_who_makes_the_store_waits_for_who_makes_it(tmp_path, monkeypatch):
    """Workers that start together do not fail on the lock that the first one holds."""
    first = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    first.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(time, "sleep", lambda _: first.rollback())  # the first one is done
    with closing(first), closing(Store(tmp_path)) as store:
        store.put([reply("a")])
        assert store.get(["a"]) == {"a": reply("a")}


def test_a_file_cut_off_gives_no_wrong_reply(tmp_path):
    """Wherever the file ends, replies are right, absent, or refused with the file's name."""
    keys = [f"key-{n}" for n in range(8)]
    whole = filled(tmp_path / "whole", *keys)
    for end in {*range(0, len(whole), 331), 1, 99, 100, 4095, 4096, len(whole) - 1}:
        folder = tmp_path / str(end)
        folder.mkdir()
        (folder / FILE).write_bytes(whole[:end])
        assert_never_wrong(folder, keys)


def test_a_log_cut_off_gives_no_wrong_reply(tmp_path):
    """A write-ahead log that ends anywhere loses the last replies at most."""
    keys = [f"key-{n}" for n in range(8)]
    filled(tmp_path / "whole", *keys[:4])
    with closing(Store(tmp_path / "whole")) as store:  # while it is open the log stays
        for key in keys[4:]:
            store.put([reply(key, f"结论：{key}" * 40)])
        log = (tmp_path / "whole" / f"{FILE}-wal").read_bytes()
        assert log
        for end in range(0, len(log), 1997):
            folder = tmp_path / str(end)
            folder.mkdir()
            shutil.copy(store.path, folder)
            (folder / f"{FILE}-wal").write_bytes(log[:end])
            with closing(Store(folder)) as cut:
                assert set(keys[:4]) <= set(cut.get(keys))
            assert_never_wrong(folder, keys)


def test_a_flipped_byte_gives_no_wrong_reply(tmp_path):
    """Wherever a bit is wrong, nothing false is read; what `verify` calls sound is sound."""
    keys = [f"key-{n}" for n in range(8)]
    right = [reply(key, f"结论：{key}" * 40) for key in keys]
    whole = filled(tmp_path, *keys)
    for at in range(0, len(whole), 499):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        for path in tmp_path.iterdir():
            path.unlink()
        (tmp_path / FILE).write_bytes(flipped)
        try:
            with closing(StoreAdmin(tmp_path)) as store:
                assert all(one in right for one in store.export() if one)
                good, _ = store.verify()
                left = list(store.export())
                assert len(left) == good >= len(keys) - 1
                assert all(one in right for one in left)
                assert store.verify() == (good, 0)
        except StoreError:
            pass
        (tmp_path / FILE).write_bytes(flipped)
        assert_never_wrong(tmp_path, keys)


@pytest.mark.parametrize("room", [50_000, 100_000, 300_000])
def test_a_failed_write_leaves_what_was_there(tmp_path, room):
    """Where the system lets a file grow no more, each reply that was put before is still there."""
    code = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from pytest_qwen.model_io.reply import Reply\n"
        "from pytest_qwen.engine.store import Store, StoreError, _checksum\n"
        "store = Store(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "try:\n"
        "    for n in range(1000):\n"
        "        store.put([Reply(text=str(n) * 900, request_key=str(n))])\n"
        "except StoreError as error:\n"
        "    print(n)\n"
        "    sys.exit(str(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, str(room)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert f"{FILE}: expected a store, got " in done.stderr
    count = int(done.stdout)
    assert count > 0
    with closing(Store(tmp_path)) as store:
        found = store.get(map(str, range(count)))
        assert [reply.text for reply in found.values()] == [str(n) * 900 for n in range(count)]
        assert store.keys([str(count)]) == set()
        store.put([reply("next")])
        assert store.get(["next"]) == {"next": reply("next")}


def test_a_full_disk_is_told_and_takes_nothing(tmp_path):
    """A batch of replies that does not fit is not kept in part; the next one that fits is."""
    with closing(Store(tmp_path)) as store:
        store.put([reply("a")])
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]
        store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(
            StoreError, match=r"expected a store, got database or disk is full: use"
        ):
            store.put([reply("b"), reply("c", "长" * 9000)])
        assert store.get(["a", "b", "c"]) == {"a": reply("a")}
        store.put([reply("d")])
        assert store.get(["a", "d"]) == {"a": reply("a"), "d": reply("d")}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """The line names the file, and what is in it stays."""
    before = filled(tmp_path, "a")
    tmp_path.chmod(0o500)
    (tmp_path / FILE).chmod(0o400)
    try:
        with pytest.raises(StoreError, match=f"{FILE}: expected a store, got "):
            Store(tmp_path).put([reply("b")])
    finally:
        tmp_path.chmod(0o700)
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize("what", ["key", "结论：key-1"])
@pytest.mark.parametrize("copy", [0, -1], ids=["first", "last"])
def test_verify_drops_what_is_damaged(tmp_path, what, copy):
    """One wrong byte in the file, in a key or in a text, costs one reply; the others stay."""
    keys = ["key-0", "key-1", "key-2"]
    whole = bytearray(filled(tmp_path, *keys))
    part = b"key-1" if what == "key" else b"key-1key-1"
    at = whole.find(part) if copy == 0 else whole.rfind(part)
    whole[at] ^= 1
    (tmp_path / FILE).write_bytes(whole)
    with closing(StoreAdmin(tmp_path)) as store:
        good, dropped = store.verify()
        assert good + dropped == 3
        assert dropped <= 1
        assert {"key-0", "key-2"} <= set(store.get(keys))
        assert store.verify() == (good, 0)


def test_verify_refuses_a_file_that_is_damaged_elsewhere(tmp_path):
    """Where every reply can be read but SQLite's own structure is wrong, the line says so."""
    whole = bytearray(filled(tmp_path, "a"))
    whole[4096 + 7] = 9  # page 2, unused bytes between cells: there are none
    (tmp_path / FILE).write_bytes(whole)
    with closing(StoreAdmin(tmp_path)) as store:
        with pytest.raises(StoreError) as told:
            store.verify()
        assert str(told.value).startswith(f"{tmp_path / FILE}: expected a sound file, got ")
        assert str(told.value).endswith("remove the file: the next run generates its replies anew")
        assert "\n" not in str(told.value)


def test_prune_removes_what_is_old(tmp_path):
    """Replies of another age go, those of today stay, and the file becomes small again."""
    filled(tmp_path, *map(str, range(300)), made=0)
    with closing(StoreAdmin(tmp_path)) as store:
        store.put([reply("new")])
        before = store.summary()
        assert store.prune(10**9) == 0
        assert store.prune(30) == 300
        assert store.get(["0", "new"]) == {"new": reply("new")}
        after = store.summary()
        assert (before.replies, after.replies) == (301, 1)
        assert after.size < before.size / 4
        assert store.prune(0) == 1


def test_a_summary_has_count_size_and_dates(tmp_path):
    """Dates are UTC, whatever the machine's time zone; an empty store has none."""
    with closing(Store(tmp_path)) as store:
        store.put([reply("a")], made=1_000_000_000)
        store.put([reply("b")], made=1_700_000_000)
        store.put([reply("a")], made=1_800_000_000)
    size = (tmp_path / FILE).stat().st_size
    with closing(StoreAdmin(tmp_path)) as store:
        assert store.summary() == Summary(2, size, "2001-09-09 01:46", "2023-11-14 22:13")
        store.prune(0)
        assert store.summary().oldest is store.summary().newest is None


@pytest.mark.parametrize("made", ["9223372036854775807", "'x'", "NULL"])
def test_a_damaged_date_breaks_no_summary(tmp_path, made):
    """What is not a date is shown as none, and found by `verify`."""
    filled(tmp_path, "a")
    with closing(StoreAdmin(tmp_path)) as store:
        store._db.execute(f"UPDATE replies SET made = {made}")
        assert store.summary().replies == 1
        assert store.summary().oldest is None
        assert store.verify() == (0, 1)


def test_an_export_has_every_reply(tmp_path):
    """Replies come in the order in which they were put, with None in place of a damaged one."""
    filled(tmp_path, "b", "a", "c")
    with closing(StoreAdmin(tmp_path)) as store:
        replies = [reply(key, f"结论：{key}" * 40) for key in "bac"]
        assert list(store.export()) == replies
        store._db.execute("UPDATE replies SET sha256 = '' WHERE key = 'a'")
        assert list(store.export()) == [replies[0], None, replies[2]]
        assert [Reply.from_json(r.to_json()) for r in store.export() if r] == replies[::2]


def test_maintenance_makes_no_store(tmp_path):
    """Where there is none, nothing is made: neither file nor folder."""
    with pytest.raises(StoreError, match=f"{FILE}: expected a store, got no such file: run pytest"):
        StoreAdmin(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    (tmp_path / FILE).touch()
    with pytest.raises(StoreError, match="expected a store of version 3, got 0"):
        StoreAdmin(tmp_path)
    assert (tmp_path / FILE).read_bytes() == b""
