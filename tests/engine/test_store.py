"""The store: replies by key, many writers, damage found, other versions refused."""

import sqlite3
import subprocess
import sys

import pytest

from pytest_qwen.core.reply import Finish, Reply, ThinkingState
from pytest_qwen.engine.store import Store, StoreError


def reply(key, text="结论"):
    return Reply(
        text=text,
        token_ids=(1, 2),
        thinking_state=ThinkingState.CLOSED,
        finish=Finish.LENGTH,
        request_key=key,
    )


def test_what_was_put_is_found(tmp_path):
    """A reply comes back equal; unknown keys are absent; the first reply of a key stays."""
    store = Store(tmp_path)
    store.put([reply("a"), reply("b")])
    store.put([reply("a", "another")])
    assert Store(tmp_path).get(["a", "b", "c"]) == {"a": reply("a"), "b": reply("b")}


@pytest.mark.parametrize(
    "change", ["payload = '{'", "payload = replace(payload, 'length', 'stop')", "sha256 = 'x'"]
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
    with pytest.raises(StoreError, match="expected a store of version 1, got 99: use another"):
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
        "from pytest_qwen.core.reply import Reply\n"
        "from pytest_qwen.engine.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for i in range(50):\n"
        "    store.put([Reply(text=str(i), request_key=f'{sys.argv[2]}-{i}')])\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, tmp_path, str(n)]) for n in range(8)]
    assert [writer.wait(60) for writer in writers] == [0] * 8
    keys = [f"{n}-{i}" for n in range(8) for i in range(50)]
    assert len(Store(tmp_path).get(keys)) == 400
