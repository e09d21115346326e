"""Engines by name: another distribution's serves a family, and no other room knows."""

import json
import os

import pytest

from tests.cli.command_line import typed

SCRIPTED = '''\
"""An engine that answers from a file: for each prompt the replies to its samples in turn."""

import hashlib
import json

from pytest_qwen.engine import Failure, Identity
from pytest_qwen.family.checkpoint import CheckpointError
from pytest_qwen.messages.reason import Reason
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.sampling import Sampling


class ScriptedEngine:
    capabilities = frozenset({"seeds", "thinking"})
    sampling = Sampling(temperature=0.5, max_new_tokens=9)
    places = ("script",)

    def __init__(self, binding, family):
        self.path = family.folder / binding.checkpoint

    @property
    def script(self):
        if not self.path.is_file():
            raise CheckpointError(f"expected a script at {self.path}, got none")
        return self.path.read_bytes()

    @property
    def identity(self):
        fingerprint = hashlib.sha256(self.script).hexdigest()[:32]
        return Identity("scripted", 1, fingerprint, "scripted, on paper")

    def describe(self):
        return f"scripted, {len(json.loads(self.script))} prompts in {self.path.name}"

    def generate(self, place, options, *, alone):
        with open(self.path.parent / "opened.txt", "a") as file:
            file.write(f"{place}\\n")
        return Script(json.loads(self.script))


class Script:
    tokens, notes = 0, [Reason("lane.reference_chosen")]

    def __init__(self, texts):
        self.texts, self.waiting = texts, {}

    @property
    def left(self):
        return len(self.waiting)

    def submit(self, requests, *, first=False):
        self.waiting |= {request.key: request for request in requests}

    def step(self):
        return [self.answer(self.waiting.pop(key)) for key in list(self.waiting)[:1]]

    def answer(self, request):
        texts = self.texts.get(request.asked)
        if texts is None:
            return Failure(request.key, f"no script for {request.asked}")
        text = texts[request.sample % len(texts)]
        return Reply(text=text, answer=text, request_key=request.key, lane=self.notes[0].code)
'''

FAMILY = """\
family: on_paper
engine: scripted
instruct: {checkpoint: script.json}
"""
BEHAVIOR = """\
behavior: greets
prompts: [{id: zh, text: 你好！}, {id: en, text: Hello!}]
samples: 2
snapshot: true
expect:
  instruct: [{finish: stop}, {any: [{contains: 好}, {contains: Hi}]}]
"""


@pytest.fixture
def scripted(project, monkeypatch):
    """A project whose family is answered by a distribution of its own, without any checkpoint."""
    site = project.path / "site"
    info = site / "scripted_engine-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: scripted-engine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[pytest_qwen.engines]\nscripted = scripted_engine:ScriptedEngine\n"
        "broken = no_such_module:Engine\n"
    )
    (site / "scripted_engine.py").write_text(SCRIPTED)
    path = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("PYTEST_QWEN_FAMILY", str(project.write("paper.yaml", FAMILY)))
    project.write("script.json", json.dumps({"你好！": ["你好。", "您好！"], "Hello!": ["Hi."]}))
    project.write("behaviors/greets.yaml", BEHAVIOR)
    project.opened = lambda: (project.path / "opened.txt").read_text().split()
    return project


@pytest.mark.parametrize("workers", [["-p", "no:xdist"], ["-n", "2"]])
def test_a_suite_runs_on_another_engine(scripted, workers):
    """It is asked through the store like any other, with workers too; a replay does not open it."""
    scripted.run(*workers, store="kept").assert_outcomes(passed=2)
    assert scripted.opened() == ["script"]
    texts = scripted.texts()
    assert sorted(texts.values()) == ["Hi.", "Hi.", "你好。", "您好！"]
    header, *lines = scripted.lines()
    assert header["checkpoints"]["instruct"] == {
        "checkpoint": "script.json",
        "fingerprint": header["checkpoints"]["instruct"]["fingerprint"],
        "template": None,
        "environment": "scripted, on paper",
        "engine": "scripted",
    }
    assert lines[0]["reply"]["lane"] == "lane.reference_chosen"
    assert lines[-1]["lanes"] == {"instruct": ["lane.reference_chosen"]}
    assert lines[0]["sampling"]["temperature"] == 0.5
    scripted.run(*workers, store="kept").assert_outcomes(passed=2)
    assert scripted.opened() == ["script"]
    assert scripted.texts() == texts


def test_gate_page_doctor_and_audit_take_it(scripted):
    """Its records are compared, shown and counted; nothing in them is of another kind."""
    for name in ("before", "after"):
        scripted.run(f"--qwen-record={name}.jsonl", "--qwen-record-only", store="kept")
    status, out, _ = typed(scripted.path, "pytest-qwen gate before.jsonl after.jsonl")
    assert "INCONCLUSIVE" in out, (status, out)  # two prompts are few
    assert typed(scripted.path, "pytest-qwen report before.jsonl after.jsonl -o page.html")[0] == 0
    assert "scripted, on paper" in (scripted.path / "page.html").read_text("utf-8")
    assert typed(scripted.path, "pytest-qwen audit after.jsonl")[0] == 0
    status, out, err = typed(scripted.path, "pytest-qwen doctor --probe")
    assert (status, err) == (0, "")
    line = "  instruct  scripted, 2 prompts in script.json; reference lane: asked for"
    assert line in out.splitlines()


def test_snapshots_need_exact_texts(scripted):
    """An engine that does not promise them gets no snapshot, and fails for none."""
    scripted.run("--snapshot-update", store="off").assert_outcomes(passed=2)
    assert not (scripted.path / "snapshots").exists()


@pytest.mark.parametrize(
    ("check", "head"),
    [
        (
            "{perplexity: {at_most: 99}}",
            (
                "over 1 sample, got no verdict: the engine does not promise log_probabilities, "
                "which perplexity needs"
            ),
        ),
        (
            "no_leaked_special_tokens",
            (
                "got it in 0 of 0, and no verdict in 1 of 1: the engine does not promise "
                "special_tokens, which no_leaked_special_tokens needs"
            ),
        ),
    ],
    ids=["over replies", "over a reply"],
)
@pytest.mark.parametrize("negated", [False, True])
def test_what_an_engine_cannot_promise_gives_no_verdict(scripted, check, head, negated):
    """A trait that would need it neither passes nor is met by its negation; the reason is told.

    More tokens would not help: nobody is sent to raise their number.
    """
    scripted.behavior(
        f"{{instruct: [{{not: {check}}}]}}" if negated else f"{{instruct: [{check}]}}"
    )
    result = scripted.run("-k", "says", store="kept")
    result.assert_outcomes(failed=1, deselected=2)
    result.stdout.fnmatch_lines([f"behaviors/says.yaml:3: expected *{head}"])
    result.stdout.no_fnmatch_line("*truncated*")


def test_a_failure_is_told_as_the_engines(scripted):
    """What it cannot answer fails the case by its own words, and is no miss of the model's."""
    scripted.write(
        "behaviors/more.yaml", BEHAVIOR.replace("greets", "more").replace("Hello!", "Hey")
    )
    result = scripted.run("-k", "more", store="off")
    result.stdout.fnmatch_lines(["*no script for Hey*"])
    assert [line["error"]["kind"] for line in scripted.lines() if line.get("error")] == ["engine"]


@pytest.mark.parametrize("workers", [["-p", "no:xdist"], ["-n", "2"]])
@pytest.mark.parametrize(
    "line", ["return Script(json.loads(self.script))", "return [self.answer("], ids=["load", "step"]
)
def test_an_engine_that_fails_is_told_in_one_line(scripted, workers, line):
    """An exception that it did not foresee is an engine error, in one process and with workers."""
    engine = SCRIPTED.replace(line, f"raise RuntimeError('boom\\n  at 7'); {line}")
    scripted.write("site/scripted_engine.py", engine)
    result = scripted.run(*workers, store="off")
    result.assert_outcomes(failed=2)
    output = result.stdout.str()
    assert "engine scripted failed: RuntimeError: boom at 7" in output
    assert "again and again" not in output
    assert "scripted_engine.py" not in output
    errors = {(e["kind"], e["message"]) for line in scripted.lines() if (e := line.get("error"))}
    assert errors == {("engine", "engine scripted failed: RuntimeError: boom at 7")}
    if "-n" not in workers:
        assert scripted.opened() == ["script"]


@pytest.mark.parametrize(
    ("family", "line"),
    [
        (
            FAMILY.replace("scripted", "scriptd"),
            (
                "paper.yaml:2: expected one of broken, local, scripted, got 'scriptd': "
                "did you mean 'scripted'?"
            ),
        ),
        (
            "family: on_paper\ninstruct: {checkpoint: script.json, engine: vllm}\n",
            "paper.yaml:2: expected one of broken, local, scripted, got 'vllm'",
        ),
    ],
    ids=["for all roles", "for one role"],
)
def test_an_engine_that_nobody_knows_is_an_error_with_its_line(scripted, family, line):
    """The message names those that are installed."""
    scripted.write("paper.yaml", family)
    assert typed(scripted.path, "pytest-qwen doctor paper.yaml")[2].startswith(line)


def test_an_engine_that_cannot_be_imported_is_told(scripted):
    """By the distribution that brings it, for each role that it would answer."""
    scripted.write("paper.yaml", FAMILY.replace("scripted", "broken"))
    status, out, _ = typed(scripted.path, "pytest-qwen doctor paper.yaml")
    assert status == 1
    told = "the engine broken cannot be imported: ModuleNotFoundError: No module named "
    assert f"{told}'no_such_module': repair or uninstall scripted-engine\n" in out


def test_roles_may_have_engines_of_their_own(scripted):
    """One family, two engines: the local one answers beside the scripted one."""
    tiny = "engine: local, hub: local, device: cpu, dtype: float32"
    from pytest_qwen.family import embedded

    family = f"{FAMILY}base: {{checkpoint: {embedded.FOLDER / 'base'}, {tiny}}}\n"
    scripted.write("paper.yaml", family)
    scripted.behavior("{instruct: [{finish: stop}], base: [{length: {at_least: 1}}]}")
    scripted.run("-k", "says").assert_outcomes(passed=2, deselected=2)
    engines = {role: entry["engine"] for role, entry in scripted.lines()[0]["checkpoints"].items()}
    assert engines == {"base": "local", "instruct": "scripted"}
    lanes = {line["role"]: line["reply"]["lane"] for line in scripted.lines()[1:-1]}
    assert lanes == {"base": "lane.slot", "instruct": "lane.reference_chosen"}


def test_what_looks_at_files_says_that_there_are_none(scripted):
    """`preflight` and `validate` need tokenizer and template: nobody is sent to download a script."""
    why = "script.json is answered by the engine scripted: there are no files of it to look at"
    status, out, err = typed(scripted.path, "pytest-qwen preflight paper.yaml tiny")
    assert why in out + err
    assert "hf download" not in out + err
    status, out, err = typed(scripted.path, "pytest-qwen validate --family paper.yaml behaviors")
    assert (status, why in out + err) == (0, True)
