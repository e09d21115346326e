"""Replay: what was generated once is generated again only where its text would be another."""

from contextlib import closing

import pytest

from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store
from pytest_qwen.engine.store_admin import StoreAdmin
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling

TRAIT = """\
from pytest_qwen import Part, Verdict, trait


@trait(version={version})
def polite(part: Part) -> Verdict:
    return Verdict({words!r} in part.text, "so polite")
"""
EXPECT = "{instruct: [polite, {contains: %s}], reasoning: [{thinking: closed}]}"


@pytest.fixture
def kept(project):
    """A suite of three behaviors with a trait of its own, run once; with a look into its store."""
    project.write("conftest.py", TRAIT.format(words="好", version=1))
    project.behavior(EXPECT % "好", samples=3)
    project.behavior("{base: [{any: [continuation_loop, {contains: 的}]}]}", name="goes_on")
    project.behavior("{instruct: [{finish: stop}]}", name="ends", sampling="{temperature: 0}")

    def replies():
        with closing(StoreAdmin(project.path / "kept")) as store:
            return store.summary().replies

    project.run(store="kept")
    project.kept = replies
    assert replies() == 8
    return project


def test_another_expectation_generates_nothing(kept):
    """The key of a reply has nothing of what is expected of it."""
    kept.behavior(EXPECT % "您", samples=3)
    kept.behavior("{base: [{length: {at_least: 1}}, {finish: length}]}", name="goes_on")
    result = kept.run("--qwen-record-only", store="kept")
    result.assert_outcomes(passed=4)
    assert kept.kept() == 8


def test_another_trait_generates_nothing(kept):
    """Neither its code nor its version is in the key, and the new code judges the kept replies."""
    before = [line["verdicts"] for line in kept.lines() if line.get("verdicts")]
    kept.write("conftest.py", TRAIT.format(words="never said", version=2))
    kept.run(store="kept")
    after = [line["verdicts"] for line in kept.lines() if line.get("verdicts")]
    assert kept.kept() == 8
    versions = [
        {v["version"] for verdicts in run for v in verdicts if v["trait"] == "polite"}
        for run in (before, after)
    ]
    assert versions == [{"1"}, {"2"}]
    assert not any(v["passed"] for verdicts in after for v in verdicts if v["trait"] == "polite")


def test_replies_of_an_older_release_are_told_once(kept):
    """A store from before the keys changed: one line of the run says what is in it, and what to do."""
    with closing(Store(kept.path / "kept")) as store:
        store._db.execute("PRAGMA user_version = 2")
    line = (
        "8 replies of an older release in the store, which no run uses: "
        "`pytest-qwen store prune kept` removes them"
    )
    for _ in range(2):
        result = kept.run(store="kept")
        assert result.outlines.count(line) == 1
    assert kept.kept() == 8
    assert "older release" not in "".join(kept.run(store="off").outlines)


def key(*contents, prompt_as="chat", **fields):
    messages = tuple(Message(role="user", content=content) for content in contents)
    return (
        Models(load_family("tiny")).complete(Request("instruct", messages, prompt_as, **fields)).key
    )


def test_a_key_has_what_a_text_depends_on():
    """Greedy decoding has no seed, a bare text no template; all else makes another key."""
    greedy, drawn = Sampling(temperature=0), Sampling(temperature=0.7)
    assert key("你好", sampling=greedy) == key("你好", sampling=greedy, seed=7, sample=2)
    assert key("a", "b", prompt_as="text", sampling=drawn, thinking=True) == key(
        "a\n\nb", prompt_as="text", sampling=drawn
    )
    keys = [
        key("你好", sampling=drawn),
        key("你好", sampling=drawn, seed=7),
        key("你好", sampling=drawn, sample=1),
        key("你好", sampling=drawn, thinking=True),
        key("你好", sampling=drawn, template={"tools": []}),
        key("你好", sampling=drawn, prompt_as="text"),
        key("你", "好", sampling=drawn),
        key("你好", sampling=greedy),
    ]
    assert len(set(keys)) == len(keys)


def test_greedy_samples_are_generated_once(project):
    """Three greedy samples are one text; each keeps its own number in the record."""
    project.behavior("{instruct: [{finish: stop}]}", sampling="{temperature: 0}", samples=3)
    project.run(store="kept").assert_outcomes(passed=1)
    replies = [line["reply"] for line in project.lines() if line["kind"] == "sample"]
    assert [reply["sample"] for reply in replies] == [0, 1, 2]
    assert len({reply["request_key"] for reply in replies}) == 1
