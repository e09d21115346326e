"""`pytest-qwen preflight`, as a user types it."""

import json
import shutil
import subprocess
import sys

import pytest

from pytest_qwen.cli.main import main
from tests.cli.command_line import typed
from tests.conftest import TINY


@pytest.fixture
def candidate(tmp_path):
    """A copy of the tiny reasoning checkpoint without its weights."""
    ignored = shutil.ignore_patterns("*.safetensors")
    return shutil.copytree(TINY / "reasoning", tmp_path / "candidate", ignore=ignored)


def change(file, **values):
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | values), "utf-8")


def behavior(folder, name, more):
    path = folder / "behaviors" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    text = f"behavior: {name}\nprompts: [{{id: zh, text: 你好！}}]\n{more}\n"
    path.write_text(text, "utf-8")


def test_nothing_differs(tmp_path, candidate):
    """One line, exit status 0."""
    line = "pytest-qwen preflight tiny tiny --model reasoning=candidate"
    line_out = "SAME: tiny to tiny with reasoning=candidate: no difference\n"
    assert typed(tmp_path, line) == (0, line_out, "")


def test_harmless_differences_are_told(tmp_path, candidate):
    """What was, what is, why it does no harm; exit status 0."""
    change(candidate / "generation_config.json", temperature=0.8)
    change(candidate / "config.json", max_position_embeddings=4096)
    line = "pytest-qwen preflight tiny tiny --model reasoning=candidate"
    assert typed(tmp_path, line) == (
        0,
        (
            "HARMLESS: tiny to tiny with reasoning=candidate: 0 breaking, 2 harmless\n\nreasoning\n"
            "  harmless  temperature     0.6  -> 0.8   set it for both models in the family file or "
            "the behavior; otherwise the gate needs `may_differ: [sampling]`\n"
            "  harmless  context length  2048 -> 4096  everything that fitted still fits\n"
        ),
        "",
    )


def test_breaking_differences_name_the_behaviors(tmp_path, candidate):
    """Those of this role that rest on what differs, and no other; exit status 20."""
    source = (candidate / "chat_template.jinja").read_text("utf-8")
    source = source.replace("enable_thinking", "think_now")
    (candidate / "chat_template.jinja").write_text(source, "utf-8")
    stop = "expect: {reasoning: [finish: stop]}"
    behavior(tmp_path, "switches", f"template: {{enable_thinking: false}}\n{stop}")
    behavior(tmp_path, "plain", stop)
    behavior(
        tmp_path, "other_role", "template: {enable_thinking: false}\nexpect: {base: [finish: stop]}"
    )
    line = "pytest-qwen preflight tiny tiny --model reasoning=candidate --out preflight.json"
    status, out, err = typed(tmp_path, line)
    assert (status, err) == (20, "")
    lines = out.splitlines()
    row = "  BREAKING  switch enable_thinking  read    -> ignored  no longer read: a case that sets it fails"
    assert [" ".join(one.split()) for one in lines[3:5]] == [
        " ".join(row.split()),
        "affects switches",
    ]
    assert lines[-1] == "behaviors affected: 1 of 3"
    written = json.loads((tmp_path / "preflight.json").read_text("utf-8"))
    assert (written["schema"], written["verdict"], written["behaviors"]) == (1, "BREAKING", 3)
    assert (written["after"], written["models"]) == ("tiny", ["reasoning=candidate"])
    rows = {row["what"]: row for row in written["differences"]}
    assert rows["switch enable_thinking"] == {
        "role": "reasoning",
        "what": "switch enable_thinking",
        "before": "read",
        "after": "ignored",
        "class": "breaking",
        "why": "no longer read: a case that sets it fails",
        "behaviors": ["switches"],
        "reasons": {
            "what": {"code": "preflight.switch", "values": {"name": "enable_thinking"}},
            "before": {"code": "preflight.read", "values": {}},
            "after": {"code": "preflight.ignored", "values": {}},
            "why": {"code": "preflight.switch_lost", "values": {}},
        },
    }
    assert list(written) == sorted(written)
    assert not list(tmp_path.glob("*.part"))


def test_every_case_hangs_on_a_stop(tmp_path, candidate):
    """A lost stop affects what the role is asked, in comparisons too."""
    change(candidate / "generation_config.json", eos_token_id=2043)
    prompts = "".join(f"- {{id: p{i}, text: 说{i}}}\n" for i in range(8))
    (tmp_path / "behaviors").mkdir()
    (tmp_path / "behaviors" / "says.yaml").write_text(
        f"behavior: says\nprompts:\n{prompts}expect: {{reasoning: [finish: stop]}}\n", "utf-8"
    )
    (tmp_path / "behaviors" / "ladder.yaml").write_text(
        "behavior: ladder\ncompare:\n"
        "- {measure: distinct_2, behaviors: [says], order: base < reasoning}\n",
        "utf-8",
    )
    status, out, _ = typed(tmp_path, "pytest-qwen preflight tiny tiny --model reasoning=candidate")
    assert status == 20
    assert "  BREAKING  stop <|endoftext|>  ends -> no stop  replies no longer end there\n" in out
    assert "            affects ladder, says\n" in out


def test_a_suite_may_have_traits_of_its_own(tmp_path):
    """`--traits` makes them known, as it does for the other commands; without it a line names it."""
    behavior(tmp_path, "poem", "expect: {reasoning: [rhymes_so: 啊]}")
    (tmp_path / "conftest.py").write_text(
        "from pytest_qwen import Part, Verdict, trait\n\n\n"
        "@trait(version=1)\n"
        "def rhymes_so(part: Part, sound: str) -> Verdict:\n"
        "    return Verdict(sound in part.text, part.text)\n",
        "utf-8",
    )
    status, out, err = typed(tmp_path, "pytest-qwen preflight tiny tiny")
    assert (status, out) == (2, "")
    first, second = err.splitlines()
    assert first.startswith("behaviors/poem.yaml:3: expected a trait, got 'rhymes_so': ")
    assert second == "for traits and measures of your own, name their file with --traits"
    assert typed(tmp_path, "pytest-qwen preflight tiny tiny --traits conftest.py") == (
        0,
        "SAME: tiny to tiny: no difference\n",
        "",
    )


def test_what_a_checkpoint_says_is_no_command(tmp_path, candidate):
    """Names of tokens and templates are a stranger's text: no escape and no CI command gets out."""
    hostile = "\x1b[31m\n::error::x\n##[group]"
    file = candidate / "tokenizer_config.json"
    change(file, bos_token=hostile, pad_token=hostile)
    _, out, _ = typed(tmp_path, "pytest-qwen preflight tiny tiny --model reasoning=candidate")
    assert "bos_token" in out
    assert "\x1b" not in out
    assert not any(line.strip().startswith("::") or "##[" in line for line in out.splitlines())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("tiny tin", "family: expected the name of one, got 'tin': did you mean 'tiny'?"),
        ("tiny no.yaml", "no.yaml: expected a family file, got none at this path"),
        (
            "tiny tiny --model reason=candidate",
            (
                "--model: expected ROLE=CHECKPOINT, got 'reason=candidate': "
                "did you mean 'reasoning'?"
            ),
        ),
        ("tiny tiny --suite nowhere", "nowhere: expected a file or a folder, got nothing there"),
        ("tiny tiny --out no/x.json", "no/x.json: expected a file to write, got No such file"),
        ("tiny", "pytest-qwen preflight: the following arguments are required: FAMILY_B"),
    ],
)
def test_what_cannot_be_compared_is_an_error(tmp_path, line, told):
    """One line, and exit status 2."""
    status, _, err = typed(tmp_path, f"pytest-qwen preflight {line}")
    assert status == 2
    assert err.startswith(told)
    assert err.count("\n") == 1


def test_a_checkpoint_that_is_not_here_says_what_to_fetch(tmp_path):
    """All but the weights: that is some megabytes."""
    line = "pytest-qwen preflight tiny tiny --model reasoning=nobody/nothing"
    status, _, err = typed(tmp_path, line, HF_HOME=str(tmp_path))
    assert status == 2
    assert "type `hf download nobody/nothing --exclude '*.safetensors'`" in err


def test_a_download_without_weights_is_enough(tmp_path, candidate):
    """What such a download leaves in the hub's cache can be compared."""
    hub = tmp_path / "hub" / "models--Some--Model"
    (hub / "refs").mkdir(parents=True)
    (hub / "refs" / "main").write_text("0" * 40)
    shutil.copytree(candidate, hub / "snapshots" / ("0" * 40))
    line = "pytest-qwen preflight tiny tiny --model reasoning=Some/Model"
    status, out, _ = typed(tmp_path, line, HF_HOME=str(tmp_path))
    assert (status, out) == (0, "SAME: tiny to tiny with reasoning=Some/Model: no difference\n")


def test_it_imports_no_torch(tmp_path):
    """Nor transformers, nor what the gate calculates with."""
    code = (
        "import sys, json; from pytest_qwen.cli.main import main; main(['preflight', 'tiny', 'tiny']);"
        "names = ('torch', 'transformers', 'numpy', 'scipy');"
        "print(json.dumps([m for m in names if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_help_says_the_exit_status(capsys):
    """A pipeline is written from it."""
    with pytest.raises(SystemExit):
        main(["preflight", "--help"])
    assert "exit status: 0 no difference, or harmless ones; 20 a breaking one" in " ".join(
        capsys.readouterr().out.split()
    )
