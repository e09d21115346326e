"""Verdicts and their reasons, on records made for each."""

import json
import re

import pytest

from pytest_qwen.gate.compared.evidence import read_evidence
from pytest_qwen.gate.decision import decide
from pytest_qwen.gate.outcome import Outcome
from pytest_qwen.gate.policy import Policy
from pytest_qwen.messages.reason import in_language
from pytest_qwen.record.parts import SnapshotDifference
from pytest_qwen.record.reading import RecordError, read_record
from tests.gate.build import RUN, items, record


def test_no_change_passes(gate):
    """Enough behaviors of two prompts and four samples, the same on both sides."""
    decision = gate(items(60, 0.9, 2, 4), items(60, 0.9, 2, 4))
    assert decision.outcome == Outcome.PASS
    assert decision.reasons[0] == (
        "suite: changed by +0.0 points, at worst -3.8: a drop of 10 points can be ruled out"
    )
    assert decision.reasons[1] == "no nan in 480 samples: the rate is below 0.62 %"


def test_a_great_loss_is_regressed(gate):
    """Worse for certain, and perhaps by the margin."""
    decision = gate(items(60, 1.0, 2, 4), items(60, 0.7, 2, 4))
    assert decision.outcome == Outcome.REGRESSED
    assert decision.reasons[0].startswith("suite: changed by -30.0 points, at worst -")
    assert "significantly worse (p = 3.8e-06), possibly by 10 points or more" in decision.reasons[0]
    first = decision.changed[0]
    assert (first.passed_before, first.passed_after, len(first.samples)) == (4, 0, 4)


def test_a_small_certain_loss_is_minor(gate):
    """Eight of 200 lost, none gained: worse, but not by ten points."""
    decision = gate(items(200), items(200, 0.96))
    assert decision.outcome == Outcome.MINOR
    assert decision.reasons[0].endswith(
        "significantly worse (p = 0.0039), but by less than 10 points"
    )


def test_better_is_said(gate):
    """A gain that is certain is told as one."""
    decision = gate(items(100, 0.5), items(100, 0.9))
    assert decision.outcome == Outcome.PASS
    assert decision.judged[0].improved
    assert decision.reasons[0].endswith(
        ": significantly better; a drop of 10 points can be ruled out"
    )


def test_snapshots_do_not_decide(gate):
    """What a sample's snapshot says is for people: the gate decides as without it."""
    cases = items(60, 0.9, 2, 4)
    stray = SnapshotDifference(environment="cuda", asked=False)
    decision, plain = gate(cases, cases, snapshot=stray), gate(cases, cases)
    assert decision.outcome == plain.outcome == Outcome.PASS
    assert (decision.reasons, decision.judged) == (plain.reasons, plain.judged)


def test_few_behaviors_never_pass(gate):
    """29 behaviors with many samples prove nothing, 30 may."""
    policy = Policy(margin=0.4)
    assert gate(items(30, 1, 9), items(30, 1, 9), policy).outcome == Outcome.PASS
    decision = gate(items(29, 1, 9), items(29, 1, 9), policy)
    assert decision.outcome == Outcome.INCONCLUSIVE
    assert "a PASS takes 30 behaviors, and there are 29" in decision.reasons[0]
    assert decision.todo[-1].startswith("about 30 behaviors would decide at a margin of 40 points")


def test_few_behaviors_can_fail(gate):
    """Eight of eight lost is no chance: 1 in 256 by the exact test."""
    decision = gate(items(8), items(8, 0.0))
    assert decision.outcome == Outcome.REGRESSED
    assert decision.judged[0].estimate.p == 1 / 256


def test_a_gated_trait_fails_alone(gate):
    """A trait that is lost where others hold is not averaged away, and names itself."""
    before = {n: [{"asks_back": True, "finish": True}] for n in items(200)}
    after = {**before}
    for i in range(40):
        del before[f"b{i}/p0"][0]["asks_back"]
    for i in range(40, 200):
        del before[f"b{i}/p0"][0]["finish"]
    after = {n: [dict(samples[0])] for n, samples in before.items()}
    for i in range(10):
        after[f"b{i}/p0"][0]["finish"] = False
    decision = gate(before, after, Policy(traits=("finish",)))
    assert decision.outcome == Outcome.REGRESSED
    assert [rate.name for rate in decision.judged] == ["suite", "finish"]
    assert [rate.outcome for rate in decision.judged] == [Outcome.MINOR, Outcome.REGRESSED]
    assert [rate.name for rate in decision.advisory] == ["asks_back"]


def test_a_hard_trait_fails_at_once(gate):
    """One NaN in 600 samples, however good the rest is."""
    after = items(150, k=4)
    after["b7/p0"] = [True, True, "nan", True]
    decision = gate(items(150, k=4), after)
    assert decision.outcome == Outcome.REGRESSED
    assert decision.reasons[0] == "nan is forbidden and occurred 1 time"


def test_a_hard_trait_may_be_a_trait(gate):
    """Its occurrence is a miss in the candidate."""
    after = items(150)
    after["b0/p0"] = [False]
    assert gate(items(150), after).outcome == Outcome.PASS
    decision = gate(items(150), after, Policy(hard=("asks_back",)))
    assert decision.reasons[0] == "asks_back is forbidden and occurred 1 time"


def test_a_critical_behavior_must_not_die(gate):
    """All passing to all failing is shown first, and fails where the policy says so."""
    before, after = items(150, k=2), items(150, k=2)
    after["b3/p0"] = [False, False]
    decision = gate(before, after)
    assert decision.outcome == Outcome.PASS
    assert [severe.short for severe in decision.severe] == ["b3[instruct]"]
    decision = gate(before, after, Policy(critical=("b3",)))
    assert decision.outcome == Outcome.REGRESSED
    assert (
        decision.reasons[0] == "b3[instruct] is critical and went from all passing to all failing"
    )


def test_missing_samples_make_no_behavior_critical(gate):
    """A machine that failed is no model that did."""
    after = items(150)
    after["b3/p0"] = ["crash"]
    assert gate(items(150), after, Policy(critical=("b3",))).outcome == Outcome.PASS


TEMPLATE = {"checkpoints": {"instruct": {"fingerprint": "f1", "template": "t1"}}}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"prompt": "别的"}, "the prompt"),
        ({"sampling": {"top_p": 0.5}}, "sampling (top_p not set and 0.5)"),
        ({"seed": 1}, "the seed"),
        ({"samples": 3}, "the number of samples"),
        ({"thinking": True}, "thinking"),
        ({"prompt_as": "text"}, "prompt_as"),
        ({"run": TEMPLATE}, "the chat template"),
    ],
)
def test_what_differs_cannot_be_compared(gate, change, what):
    """Prompt, template, sampling, seeds and k have to be the same in every case."""
    decision = gate(items(60, k=2), items(60, k=2), **change)
    assert decision.outcome == Outcome.INVALID
    (reason,) = decision.reasons
    case = "behaviors/b0.yaml::b0[instruct-p0]"
    problem = f"{what} differs between the records in 60 cases, such as {case}"
    (key,) = change
    key = "template" if key == "run" else key
    may = key in {"template", "sampling", "seed"}
    hint = f" (to allow it: `may_differ: [{key}]` in the policy)" if may else ""
    assert reason == problem + hint
    assert decision.judged == []


@pytest.mark.parametrize(
    ("change", "what"),
    [({"sampling": {"top_p": 0.5}}, "sampling"), ({"run": TEMPLATE}, "template")],
)
def test_a_policy_may_let_models_differ(gate, change, what):
    """Another template, other recommended sampling: where both are meant, they are no obstacle."""
    decision = gate(items(60), items(60), Policy(may_differ=(what,)), **change)
    assert decision.outcome == Outcome.PASS


def change_lines(path, change):
    """Rewrite every line of a record."""
    lines = list(read_record(path))
    for line in lines:
        change(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


VERSIONS = (
    "the versions of traits differ between the records (asks_back 1 and {}) in 60 cases, such as "
    "behaviors/b0.yaml::b0[instruct-p0]: judge the older replies anew with "
    "`pytest-qwen judge BEHAVIORS OLD.jsonl --record NEW.jsonl`"
)
ARGUMENTS = (
    "the list of traits differs between the records in 60 cases, such as "
    "behaviors/b0.yaml::b0[instruct-p0]"
)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("version", "new", VERSIONS.format("new")),
        ("version", None, VERSIONS.format("unknown")),
        ("args", 7, ARGUMENTS),
    ],
)
def test_other_traits_cannot_be_compared(tmp_path, name, value, problem):
    """Judged by other arguments, or by another version of the code, which is named."""
    a, b = (record(tmp_path / f"{n}.jsonl", items(60)) for n in "ab")

    def change(line):
        for verdict in line.get("verdicts", ()):
            verdict[name] = value

    change_lines(b, change)
    decision = decide(read_evidence(a), read_evidence(b), Policy())
    assert decision.reasons == [problem]


@pytest.mark.parametrize("score", ["NaN", "Infinity", "1", '"yes"', "0.5"])
def test_a_score_that_is_none_is_invalid(tmp_path, score):
    """The line is named."""
    a, b = (record(tmp_path / f"{n}.jsonl", items(60)) for n in "ab")
    text = b.read_text(encoding="utf-8").replace('"passed": true', f'"passed": {score}', 1)
    b.write_text(text, encoding="utf-8")
    decision = decide(read_evidence(a), read_evidence(b), Policy())
    assert decision.outcome == Outcome.INVALID
    assert decision.reasons[0].startswith(f"{b}:2: expected true or false as verdicts.0.passed")


@pytest.mark.parametrize(("trait", "lost"), [("x", {}), ("test", {"not run": 1})])
def test_an_open_verdict_is_a_miss_but_for_a_skipped_test(tmp_path, trait, lost):
    """An answer that the model never came to was drawn, and is none; a skip judges nothing."""
    a, b = (record(tmp_path / f"{n}.jsonl", items(60)) for n in "ab")
    for path in (a, b):
        text = path.read_text(encoding="utf-8")
        traits = set(re.findall('"trait": "([^"]*)"', text))
        for name in traits:
            text = text.replace(f'"trait": "{name}"', f'"trait": "{trait}"')
        path.write_text(text, encoding="utf-8")
    b.write_text(b.read_text(encoding="utf-8").replace("true", "null", 1), encoding="utf-8")
    decision = decide(read_evidence(a), read_evidence(b), Policy())
    assert decision.pairing.missing["candidate"] == lost
    suite = decision.judged[0]
    assert suite.estimate.candidate < suite.estimate.baseline


@pytest.mark.parametrize(("lost", "outcome"), [(2, Outcome.PASS), (3, Outcome.INVALID)])
def test_a_baseline_may_lack_two_percent(gate, lost, outcome):
    """What the baseline lacks is left out on both sides, as long as it is little."""
    before, after = items(100), items(100)
    for i in range(lost):
        before[f"b{i}/p0"] = ["timeout"]
        after[f"b{i}/p0"] = [False]
    decision = gate(before, after)
    assert decision.outcome == outcome
    if outcome == Outcome.INVALID:
        problem = "the baseline lacks 3 of 100 samples (3 timeout): record it again"
        assert decision.reasons == [problem]


def test_a_case_that_only_the_candidate_has_is_missing_before(gate):
    """A suite that grew is no longer the baseline's."""
    decision = gate(items(60), items(70))
    assert decision.outcome == Outcome.INVALID
    assert "the baseline lacks 10 of 70 samples (10 not run)" in decision.reasons[0]


def test_a_baseline_that_was_cut_off_is_invalid(tmp_path):
    """Nobody knows what it lacks. A candidate that was cut off has missing samples."""
    whole = record(tmp_path / "a.jsonl", items(60))
    cut = record(tmp_path / "b.jsonl", items(50), ends=False)
    decision = decide(read_evidence(cut), read_evidence(whole), Policy())
    assert decision.reasons[0] == f"{cut}: the baseline's run was cut off: record a whole run"
    decision = decide(read_evidence(whole), read_evidence(cut), Policy())
    assert decision.outcome == Outcome.INCONCLUSIVE
    assert "10 of 60 samples of the candidate are missing (10 not run)" in decision.reasons[0]
    assert "缺少 60 个样本中的 10 个（未运行 10 个）" in in_language(decision.reasons[0], "zh")
    again = "run it again, replies in the store are not generated again"
    assert decision.pairing.notes == [f"{cut}: the candidate's run was cut off: {again}"]


def test_skipped_cases_are_no_samples(gate):
    """A role that neither family has is left out; one that the candidate lost is missing."""
    before = {**items(60), "x/p": ["skipped"]}
    assert gate(before, before).outcome == Outcome.PASS
    decision = gate(items(60), {**items(60), "b0/p0": ["skipped"]})
    assert decision.pairing.missing["candidate"] == {"skipped": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected a record, got an empty file"),
        ('{"kind": "sample", "case": "x"}\n', ":1: expected the header of a record, got a line"),
        ('{"kind": "run", "schema": 9}\n', ":1: expected a record of schema 1 or 2, got 9"),
        ("[]\n", ":1: expected a JSON object, got '[]'"),
        ("\x00\x01\n", ":1: expected a JSON object, got '\\x00\\x01'"),
    ],
)
def test_a_file_that_is_no_record_is_told(tmp_path, text, problem):
    """With path and line, and never a traceback."""
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    with pytest.raises(RecordError) as error:
        read_evidence(path)
    assert problem in str(error.value)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"case": "x", "behavior": "b"}, "`samples` and the request are missing: record it again"),
        ({"case": "x", "behavior": "b", "samples": 10**9, "error": {"kind": "e"}}, "expected "),
        ({"case": "x", "reply": {"sample": 0}, "verdicts": []}, "neither a reply nor an error"),
        ({"case": "x", "reply": {"sample": -1}, "verdicts": []}, "expected "),
        ({"verdicts": [{"trait": "x"}]}, "expected "),
    ],
)
def test_lines_that_say_too_little_are_invalid(tmp_path, line, problem):
    """A record from elsewhere may hold anything: each wrong line is a reason."""
    a, b = (record(tmp_path / f"{n}.jsonl", items(60)) for n in "ab")
    with b.open("a") as file:
        file.write(json.dumps({"kind": "sample", **line}) + "\n")
    decision = decide(read_evidence(a), read_evidence(b), Policy())
    assert decision.outcome == Outcome.INVALID
    assert decision.reasons[0].startswith(f"{b}:63: {problem}")


def test_a_line_that_is_torn_in_the_middle_is_told(tmp_path):
    """Only the last line may be cut off: that is how a killed run ends."""
    a, b = (record(tmp_path / f"{n}.jsonl", items(60)) for n in "ab")
    lines = b.read_text().splitlines(keepends=True)
    b.write_text("".join([*lines[:4], lines[4][:20] + "\n", *lines[5:]]))
    decision = decide(read_evidence(a), read_evidence(b), Policy())
    assert decision.outcome == Outcome.INVALID
    torn = lines[4][:20]
    assert (
        decision.reasons[0]
        == f"{b}:5: expected a JSON object, got {torn!r}: name a file that --qwen-record wrote"
    )


def test_lines_of_other_kinds_are_left_out(tmp_path):
    """A comparison between roles is no sample: it is neither paired nor missing."""
    sides = []
    for name in "ab":
        path = record(tmp_path / f"{name}.jsonl", items(60))
        *lines, end = path.read_text(encoding="utf-8").splitlines()
        lines.append(json.dumps({"kind": "comparison", "case": "ladder", "passed": True}))
        end = json.loads(end)
        end["expected"].append("ladder")
        path.write_text("\n".join([*lines, json.dumps(end), ""]), encoding="utf-8")
        sides.append(read_evidence(path))
    decision = decide(*sides, Policy())
    assert (decision.outcome, decision.pairing.expected) == (Outcome.PASS, 60)


def test_a_header_may_say_little_and_nothing_wrong(tmp_path):
    """Its schema is enough; a field of another kind is told."""
    path = record(tmp_path / "a.jsonl", items(60))
    header, rest = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text('{"kind": "run", "schema": 2}\n' + rest, encoding="utf-8")
    assert decide(*[read_evidence(path)] * 2, Policy()).outcome == Outcome.PASS
    path.write_text(json.dumps({**json.loads(header), "checkpoints": ["x"]}) + "\n" + rest)
    with pytest.raises(RecordError, match=r":1: expected keys with values as checkpoints, got"):
        read_evidence(path)


def test_environments_that_differ_are_noted(gate):
    """They may explain a change; they do not keep it from being judged."""
    checkpoints = {"instruct": {**RUN["checkpoints"]["instruct"], "environment": "cuda"}}
    decision = gate(items(60), items(60), run={"checkpoints": checkpoints, "versions": {"x": "1"}})
    assert decision.outcome == Outcome.PASS
    assert decision.pairing.notes == []  # of one side nothing is known


def test_notes_say_what_both_headers_know_in_words(tmp_path):
    """Options, versions and environments: no name that one side lacks, no value of Python."""
    sides = []
    for name, run in (
        (
            "a",
            {"options": {"exact": True, "samples": None, "whole": False}, "versions": {"x": "1"}},
        ),
        ("b", {"options": {"exact": False, "samples": 4, "fast": 1}, "versions": {"x": "2"}}),
    ):
        entry = {**RUN["checkpoints"]["instruct"], "environment": f"cuda {name}"}
        run["checkpoints"] = {"instruct": entry}
        sides.append(read_evidence(record(tmp_path / f"{name}.jsonl", items(60), run=run)))
    notes = decide(*sides, Policy()).pairing.notes
    assert notes == [
        "version of x: was 1, is 2",
        "option exact: was on, is off",
        "option samples: was not set, is 4",
        "environment of instruct: was cuda a, is cuda b",
    ]
    assert [in_language(note, "zh") for note in notes] == [
        "x 的版本：原为 1，现为 2",
        "选项 exact：原为 开，现为 关",
        "选项 samples：原为 未设置，现为 4",
        "instruct 的运行环境：原为 cuda a，现为 cuda b",
    ]


def test_what_must_not_occur_is_spelt_right(gate):
    """A slip would switch the rule off, and be told as proof that it does not occur."""
    decision = gate(items(40), items(40), Policy(hard=("nann", "leaked", "crash", "asks_back")))
    assert decision.outcome == Outcome.INVALID
    assert decision.reasons == [
        "policy: no record has 'nann', named under hard: did you mean 'nan'?"
    ]


def test_one_record_twice_is_told(tmp_path):
    """Of a job that names one file on both sides all is well for ever."""
    side = read_evidence(record(tmp_path / "a.jsonl", items(40)))
    assert (
        "the two records are the same, byte for byte" in decide(side, side, Policy()).pairing.notes
    )


@pytest.mark.parametrize(
    ("add", "problem"),
    [
        (lambda lines: lines, ": a second header; a record is of one run"),
        (lambda lines: lines[1:2], ": a second line for sample 0: behaviors/b0"),
        (
            lambda lines: [lines[1].replace('"error": null', '"error": {"kind": "crash"}')],
            ": a second line for sample 0: behaviors/b0",
        ),
    ],
    ids=["two runs", "twice", "error besides"],
)
def test_a_record_that_contradicts_itself_is_invalid(tmp_path, add, problem):
    """Two runs in one file, or two outcomes of one sample: which of them counts is anyone's guess."""
    good = record(tmp_path / "a.jsonl", items(40))
    bad = record(tmp_path / "b.jsonl", items(40))
    lines = bad.read_text(encoding="utf-8").splitlines(keepends=True)
    added = add(lines)
    assert added
    bad.write_text("".join([*lines, *added]), encoding="utf-8")
    decision = decide(read_evidence(good), read_evidence(bad), Policy())
    assert decision.outcome == Outcome.INVALID
    assert any(problem in reason for reason in decision.reasons)
