"""The recipes of examples/ci: what they may contain, and their shell parts run for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from pytest_qwen.cli.main import COMMANDS
from tests.conftest import TINY

RECIPES = Path(__file__).parents[1] / "examples" / "ci"
GITHUB = yaml.load((RECIPES / "github.yml").read_text("utf-8"), yaml.BaseLoader)
GITLAB = yaml.load((RECIPES / "gitlab.yml").read_text("utf-8"), yaml.BaseLoader)
STEPS = {step["name"]: step for step in GITHUB["jobs"]["gate"]["steps"] if "name" in step}
HOST = {"on", "name", "permissions", "concurrency", "jobs"}
JOB = {"runs-on", "timeout-minutes", "defaults", "env", "steps"}
STEP = {"name", "id", "if", "uses", "with", "run", "env", "continue-on-error"}
GITLAB_JOB = {
    "image", "timeout", "variables", "before_script", "script", "after_script", "artifacts",
    "extends", "rules", "allow_failure",
}  # fmt: skip
BEHAVIOR = """\
behavior: greeting
tags: [smoke]
prompts: [{id: zh, text: 你好！}]
sampling: {max_new_tokens: 8}
expect: {instruct: [finish: [stop, length]]}
"""
CONFIG = '[tool.pytest]\nstrict = true\ntestpaths = ["behaviors"]\nqwen_tags = ["smoke: quick"]\n'
MARK = "<!-- pytest-qwen gate -->\n"


def scripts():
    """Yield every shell text of both recipes."""
    yield from (step["run"] for step in STEPS.values() if "run" in step)
    yield from (one for name in ("script", "after_script") for one in GITLAB[".gate"][name])


def test_the_workflow_has_the_form_that_github_reads():
    """Known keys, known events, official actions pinned by major version, least permissions."""
    assert GITHUB.keys() == HOST
    assert GITHUB["on"].keys() == {"pull_request", "schedule", "workflow_dispatch"}
    permissions = {"actions": "read", "contents": "read", "pull-requests": "write"}
    assert GITHUB["permissions"] == permissions
    job = GITHUB["jobs"]["gate"]
    assert job.keys() == JOB
    assert all(step.keys() <= STEP and ("run" in step) != ("uses" in step) for step in job["steps"])
    uses = [step["uses"] for step in job["steps"] if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", use) for use in uses)


def test_the_job_has_the_form_that_gitlab_reads():
    """Known keys; before a merge only INCONCLUSIVE is yellow, at night nothing is."""
    jobs = {name: job for name, job in GITLAB.items() if not name.startswith(".")}
    assert jobs.keys() == {"merge gate", "nightly gate"}
    assert all(job.keys() <= GITLAB_JOB for job in GITLAB.values())
    assert all(job["extends"] == ".gate" and job["rules"] for job in jobs.values())
    assert jobs["merge gate"]["allow_failure"] == {"exit_codes": ["21"]}
    assert "allow_failure" not in jobs["nightly gate"]


@pytest.mark.parametrize("script", [*scripts()])
def test_no_text_of_others_becomes_a_command(script):
    """No expression is pasted into a shell, and what the hosts obey are fixed texts."""
    assert "${{" not in script
    for line in script.splitlines():
        if "::" in line:
            assert re.search(r'echo "::(warning|error) title=model gate::[^$`"]*"', line)
        assert not re.search(r"echo .*gate\.md", line)
    subprocess.run(["bash", "-n"], input=script.encode(), check=True)


@pytest.fixture
def project(tmp_path, shared_store):
    """A project with one behavior, a candidate, a policy, and commands as an install has them."""
    for name, text in {
        "behaviors/greeting.yaml": BEHAVIOR,
        "pyproject.toml": CONFIG,
        "gate.yaml": "margin: 0.1\n",
        "bin/pytest": f'#!/bin/sh\nexec {sys.executable} -m pytest --qwen-store={shared_store} "$@"\n',
        "bin/pytest-qwen": f'#!/bin/sh\nexec {sys.executable} -m pytest_qwen.cli.main "$@"\n',
        "bin/python": f'#!/bin/sh\nexec {sys.executable} "$@"\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(0o755)
    shutil.copytree(TINY / "instruct", tmp_path / "checkpoints" / "candidate")
    (tmp_path / "baselines").mkdir()
    return tmp_path


def shell(project, script, **variables):
    """Run a script as both hosts do, with what they set; return the process."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    env |= {"PATH": f"{project / 'bin'}:{os.environ['PATH']}", **variables}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=project, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def variables(**more):
    """Return the workflow's variables as they are before a merge."""
    env = GITHUB["jobs"]["gate"]["env"]
    before_merge = {k: re.sub(r"\$\{\{.*?&& '([^']*)'.*", r"\1", v) for k, v in env.items()}
    return {**before_merge, **more}


def baseline(project):
    """Record what is in use, as docs/ci.md says."""
    done = shell(
        project,
        STEPS["Record"]["run"],
        **variables(CANDIDATE=f"instruct={TINY / 'instruct'}", OUT="baselines"),
    )
    assert done.returncode == 0, done.stdout
    (project / "baselines/candidate.jsonl").rename(project / "baselines/merge.jsonl")


def test_baselines_may_come_from_an_artifact_at_github(project):
    """The step asks for the artifact of a run, where a variable of the repository names one."""
    step = STEPS["Baselines"]
    assert step["if"] == "${{ vars.BASELINES != '' }}"
    (project / "bin/gh").write_text('#!/bin/sh\necho "$@" > calls\n')
    (project / "bin/gh").chmod(0o755)
    assert shell(project, step["run"], RUN="42", GH_TOKEN="x").returncode == 0
    said = (project / "calls").read_text()
    assert said == "run download 42 --name baselines --dir baselines\n"


def test_baselines_may_come_from_an_artifact_at_gitlab(project):
    """The job fetches another one's artifacts and unpacks them; without the variable it does not."""
    script = GITLAB[".gate"]["script"][0]
    assert shell(project, script, CI_API_V4_URL="http://127.0.0.1:1").returncode == 0
    with zipfile.ZipFile(project / "kept.zip", "w") as kept:
        kept.writestr("baselines/merge.jsonl", "a record\n")
    Artifacts.data = (project / "kept.zip").read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Artifacts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    given = {
        "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
        "CI_PROJECT_ID": "5", "GATE_TOKEN": "secret", "BASELINES": "42",
    }  # fmt: skip
    try:
        done = shell(project, script, **given)
        assert done.returncode == 0, done.stderr
        assert (project / "baselines/merge.jsonl").read_text() == "a record\n"
        assert shell(project, script, **given | {"BASELINES": "43"}).returncode != 0
    finally:
        server.shutdown()
        server.server_close()


class Artifacts(BaseHTTPRequestHandler):
    """The artifacts of job 42 of project 5, as GitLab's API gives them."""

    data: bytes

    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        asked = (self.path, self.headers["PRIVATE-TOKEN"])
        found = asked == ("/api/v4/projects/5/jobs/42/artifacts", "secret")
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(self.data if found else b"")


def gated(project, *, upto=("Preflight", "Record", "Gate", "Report")):
    """Run the steps of the workflow; return the gate's exit status as later steps are told it."""
    given = variables(GITHUB_OUTPUT="output", GITHUB_STEP_SUMMARY="summary.md")
    for name in upto:
        if name != "Report" or "report" in COMMANDS:
            done = shell(project, STEPS[name]["run"], **given)
            assert done.returncode == 0, (name, done.stdout, done.stderr)
    return (project / "output").read_text().strip().removeprefix("status=")


def test_a_pull_request_at_github(project):
    """Preflight, record, gate: one behavior can never pass, so the verdict is a warning."""
    baseline(project)
    status = gated(project)
    assert status == "21"
    assert (project / "summary.md").read_text("utf-8").startswith("## ❔ INCONCLUSIVE")
    made = {path.name for path in (project / "gate").iterdir()}
    assert made >= {"candidate.jsonl", "gate.json", "gate.md", "gate.xml", "preflight.json"}
    done = shell(project, STEPS["Verdict"]["run"], STATUS=status, UNDECIDED="warn")
    told = "::warning title=model gate::INCONCLUSIVE, the nightly run decides\n"
    assert (done.returncode, done.stdout) == (0, told)


@pytest.mark.parametrize(
    ("status", "undecided", "code"),
    [("0", "warn", 0), ("0", "fail", 0), ("20", "warn", 1), ("21", "fail", 1), ("22", "warn", 1),
     ("2", "warn", 1), ("", "warn", 1)],
)  # fmt: skip
def test_what_is_red_at_github(tmp_path, status, undecided, code):
    """All but PASS, MINOR, and INCONCLUSIVE where another run decides."""
    done = shell(tmp_path, STEPS["Verdict"]["run"], STATUS=status, UNDECIDED=undecided)
    assert done.returncode == code


def test_a_candidate_that_breaks_a_stop_is_red_before_it_is_loaded(project):
    """The step of the preflight ends the job."""
    file = project / "checkpoints/candidate/generation_config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "eos_token_id": 2043}))
    done = shell(project, STEPS["Preflight"]["run"], **variables())
    assert done.returncode == 20
    assert "stop <|endoftext|>" in done.stdout


GH = """\
#!/usr/bin/env bash
# Keeps one comment in a file: what the API of the host does with the calls of the recipe.
echo "$@" >> calls
case "$*" in
  *PATCH*) cp gate/comment.md comment-7 ;;
  *--paginate*) test -f comment-7 && echo 7 || true ;;
  *) cp gate/comment.md comment-7 ;;
esac
"""


def test_the_comment_at_github_is_made_once_and_then_changed(project):
    """The second run edits the comment that bears the mark."""
    (project / "bin/gh").write_text(GH)
    (project / "bin/gh").chmod(0o755)
    (project / "gate").mkdir()
    given = variables(GITHUB_REPOSITORY="me/it", NUMBER="3", GH_TOKEN="x")
    for text in ("## first\n", "## 第二\n" + "长" * 70_000):
        (project / "gate/gate.md").write_text(text, "utf-8")
        assert shell(project, STEPS["Comment"]["run"], **given).returncode == 0
    said = (project / "comment-7").read_text("utf-8")
    assert said == MARK + "## 第二\n" + "长" * 59_994 + "\n"
    calls = (project / "calls").read_text().splitlines()
    assert [call.split(" --jq")[0] for call in calls] == [
        "api --paginate repos/me/it/issues/3/comments",
        "api --silent repos/me/it/issues/3/comments -F body=@gate/comment.md",
        "api --paginate repos/me/it/issues/3/comments",
        "api --silent -X PATCH repos/me/it/issues/comments/7 -F body=@gate/comment.md",
    ]


class Notes(BaseHTTPRequestHandler):
    """The notes of a merge request, as GitLab's API keeps them."""

    bodies: dict[int, str]

    def log_message(self, *_):
        """Say nothing."""

    def _answer(self, data):
        self.send_response(200 if self.headers["PRIVATE-TOKEN"] == "secret" else 401)
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def _said(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        return parse_qs(text)["body"][0]

    def do_GET(self):
        self._answer([{"id": i, "body": body} for i, body in self.bodies.items()])

    def do_POST(self):
        self.bodies[len(self.bodies) + 1] = self._said()
        self._answer({})

    def do_PUT(self):
        self.bodies[int(urlsplit(self.path).path.rpartition("/")[2])] = self._said()
        self._answer({})


def test_a_merge_request_at_gitlab(project):
    """The job ends as the gate does, 21; one note is made, and changed by the next run."""
    baseline(project)
    given = {**GITLAB[".gate"]["variables"], **GITLAB["merge gate"]["variables"]}
    done = shell(project, "\n".join(GITLAB[".gate"]["script"]), **given)
    assert done.returncode == 21, done.stderr
    assert (project / "gate/gate.xml").is_file()
    Notes.bodies = {1: "a person's"}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    given |= {
        "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
        "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "3", "GATE_TOKEN": "secret",
    }  # fmt: skip
    try:
        for text in ("## first & 第一\n", "## second\n"):
            (project / "gate/gate.md").write_text(text, "utf-8")
            done = shell(project, GITLAB[".gate"]["after_script"][1], **given)
            assert done.returncode == 0, done.stderr
            assert Notes.bodies == {1: "a person's", 2: MARK + text}
    finally:
        server.shutdown()
        server.server_close()
