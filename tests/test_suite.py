"""The suite is what docs/suite.md says, large enough for the gate, and mostly of use on tiny."""

from __future__ import annotations

import json

from pytest_qwen.family.family import load_family
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import Case, expand
from pytest_qwen.traits.builtin.ifeval.catalogue import INSTRUCTIONS
from tests.suite import PAGE, SUITE, entries, page

BEHAVIORS = {one.spec.name: one.spec for one in entries() if isinstance(one.spec, Behavior)}
LACKS = load_family("tiny").lacks


def cases() -> list[Case]:
    return [case for behavior in BEHAVIORS.values() for case in expand(behavior)]


def test_the_page_is_current():
    """Whoever adds a behavior runs `python -m tests.suite`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_there_are_enough_clusters_for_the_gate():
    """Sixty behaviors of two prompts or more run on the tiny family alone; the gate wants as many."""
    many = [name for name, one in BEHAVIORS.items() if _prompts(one) >= 2]
    here = [name for name in many if not set(BEHAVIORS[name].fields.needs) & set(LACKS)]
    assert len(many) >= 80
    assert len(here) >= 60


def test_most_cases_run_on_the_tiny_family():
    """Seven of ten at the least; all others say what they need, and tiny says that it lacks it."""
    needs = [case.needs for case in cases()]
    skipped = [one for one in needs if set(one) & set(LACKS)]
    assert len(skipped) <= 0.3 * len(needs)
    assert {need for one in needs for need in one} == set(LACKS)


def test_each_behavior_says_why_and_is_asked_in_both_languages():
    """A title, a reason, tags, and prompts in Chinese and in English in each behavior or its pair."""
    for name, one in BEHAVIORS.items():
        assert one.fields.title, name
        assert one.fields.why, name
        assert one.fields.tags, name
    alone = {name for name, one in BEHAVIORS.items() if _languages(one) != {"zh", "en"}}
    assert alone == {  # each but the last is one half of a pair
        "greeting",
        "greeting_en",
        "summary_prefix",
        "summary_prefix_en",
        "answers_in_english",
        "answers_in_chinese",
        "few_shot_words",  # pairs of words, from either language into the other
    }


def test_every_group_of_ifeval_is_asked_for():
    """Each of the nine groups has a behavior, and most can be tried without a large model."""
    said = [
        (case, json.dumps(e.raw, ensure_ascii=False)) for case in cases() for e in case.expectations
    ]
    groups = {one.partition(":")[0] for one in INSTRUCTIONS}
    assert len(groups) == 9
    asked = {group for group in groups for _, raw in said if f'"{group}:' in raw}
    assert asked == groups
    here = {
        group for group in groups for case, raw in said if not case.needs and f'"{group}:' in raw
    }
    assert len(here) >= 5


def test_each_role_has_its_part():
    """The folders are the roles and the family, and each role has cases beyond its own folder."""
    assert {path.name for path in SUITE.iterdir()} == {"base", "instruct", "reasoning", "family"}
    roles = [case.role for case in cases() if not case.needs]
    assert all(roles.count(role) >= 60 for role in ("base", "instruct", "reasoning"))


def _prompts(behavior: Behavior) -> int:
    return len({case.prompt_id for case in expand(behavior)})


def _languages(behavior: Behavior) -> set[str]:
    """Tell Chinese by a Han character, or a full-width comma, in the first line that is asked."""
    asked = (case.messages[-1].content.partition("\n")[0] for case in expand(behavior))
    return {"zh" if any("一" <= c <= "鿿" or c == "，" for c in text) else "en" for text in asked}
