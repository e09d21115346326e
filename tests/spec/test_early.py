"""Early verdicts: what a trait calls final stays so, however the text goes on."""

import pytest

from pytest_qwen.files.yaml_lines import Document
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.spec.early import is_settled, until_settled
from pytest_qwen.spec.expectation import parse_expectation
from pytest_qwen.traits.registry import traits
from pytest_qwen.traits.verdict import Part
from tests.traits.table import prepare
from tests.traits.tables import TABLES

ROWS = {name: TABLES[name] for name, trait in sorted(traits().items()) if trait.final}
ENDINGS = [
    "",
    "。",
    " And then? ",
    "水稻是粮食。" * 40,
    "\n用户：好\nUser: no\n" * 3,
    "1, 2, 3.",
    "\n\n- a\n- b",
]


@pytest.mark.parametrize("name", ROWS)
def test_a_final_verdict_is_never_taken_back(name):
    """Over the texts of the trait's table and what may follow, cut after every eighth character."""
    settled = 0
    for row in ROWS[name]:
        for ending in ENDINGS:
            text = row.text + ending
            cuts = [*range(0, len(text), 8 if len(text) < 400 else 40), len(text)]
            final = None
            for cut in cuts:
                bound, part = prepare(name, row.args, text[:cut], row.prompt, **row.reply)
                if final is None:
                    final = bound.settled(part)
                    settled += final is not None
                else:
                    assert bound(part).passed == final, (row, ending, cut)
    assert settled > 3


def checks(*raw):
    return [parse_expectation(one, Document("x.yaml", None, {(): 1}), ()) for one in raw]


@pytest.mark.parametrize(
    ("raw", "text", "settled"),
    [
        ({"any": ["continuation_loop", "run_on_turns"]}, "好。\n用户：再来\n", True),
        ({"any": ["continuation_loop", "run_on_turns"]}, "好。", False),
        ({"any": [{"starts_with": "好"}, "run_on_turns"]}, "不好", False),
        ({"any": [{"starts_with": "好"}, {"contains": "不"}]}, "不好", True),
        ({"all": [{"starts_with": "好"}, "run_on_turns"]}, "不好", True),
        ({"all": [{"starts_with": "不"}, "run_on_turns"]}, "不好", False),
        ({"not": {"starts_with": "好"}}, "不好", True),
        ({"none": [{"starts_with": "好"}, {"contains": "不"}]}, "不好", True),
        ({"none": [{"starts_with": "好"}, {"contains": "好好"}]}, "不好", False),
        ({"contains": "好", "of": "text", "at_least": 0.5}, "不好", True),
        ({"contains": "好", "of": "thinking"}, "不好", False),
    ],
)
def test_combinations_settle_when_nothing_open_can_decide(raw, text, settled):
    """An open part leaves a combination open unless another decides it alone."""
    part = Part.of_reply(Reply(text=text, answer=text))
    assert is_settled(until_settled(checks(raw)), part) is settled


def test_an_open_thought_settles_nothing_about_the_answer():
    """What would be the answer may yet be thinking."""
    until = until_settled(checks({"starts_with": "好"}))
    thinking = Reply(text="<think>好", thinking="好", thinking_state="unclosed_stopped")
    assert not is_settled(until, Part.of_reply(thinking))


@pytest.mark.parametrize(
    "raw", [{"finish": "stop"}, {"not": {"regex": "x$"}}, {"all": [{"finish": "stop"}]}]
)
def test_a_reply_is_said_whole_when_a_trait_looks_at_its_end(raw):
    """One such expectation is enough."""
    assert until_settled(checks({"contains": "x"}, raw)) == ""
    assert until_settled([]) == ""
