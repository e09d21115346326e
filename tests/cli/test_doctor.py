"""`pytest-qwen doctor`, as a user types it."""

import json
import subprocess
import sys

import pytest

from pytest_qwen.family import embedded
from tests.cli.test_main import typed


def test_it_says_what_would_be_loaded_where(tmp_path):
    """Versions, devices, and for each role its environment, weights and folder."""
    status, out, err = typed(tmp_path, "pytest-qwen doctor")
    assert (status, err) == (0, "")
    for name in (
        "python",
        "torch",
        "transformers",
        "cpu ",
        "auto ",
        "base ",
        "instruct ",
        "reasoning ",
    ):
        assert f"\n  {name}" in out
    assert "2.4 MiB of weights in" in out


def test_a_role_that_cannot_be_used_is_a_failure(tmp_path):
    """Each role says why, and what to do; the others are told as ever."""
    (tmp_path / "mine.yaml").write_text(
        "family: mine\nhub: huggingface\nbase: {checkpoint: nobody/nothing}\n", "utf-8"
    )
    status, out, _ = typed(tmp_path, "pytest-qwen doctor mine.yaml")
    assert status == 1
    told = (
        "base  expected the checkpoint nobody/nothing on this machine, got none: type `hf download"
    )
    assert told in out


def test_a_probe_loads_each_role_and_says_which_lane_serves(tmp_path):
    """With the reason; a number format with a choice of products says which is taken, or why not."""
    tiny = embedded.FOLDER
    (tmp_path / "mine.yaml").write_text(
        f"family: mine\nhub: local\nbase: {{checkpoint: {tiny / 'base'}, dtype: float32}}\n"
    )
    status, out, err = typed(tmp_path, "pytest-qwen doctor mine.yaml --probe")
    assert (status, err) == (0, "")
    (line,) = [line for line in out.splitlines() if line.startswith("  base ")]
    assert line.endswith("; slot lane: a probe at load found that no row changes another")


def test_a_probe_says_what_torch_lacks(tmp_path):
    """A torch without one of the private operators that the engine takes: doctor names it."""
    code = (
        "import torch, types; torch.ops.mkldnn = types.SimpleNamespace();"
        "from pytest_qwen.cli.main import main; main(['doctor', 'mine.yaml', '--probe'])"
    )
    (tmp_path / "mine.yaml").write_text(
        f"family: mine\nhub: local\nbase: {{checkpoint: {embedded.FOLDER / 'base'}, "
        "device: cpu, dtype: bfloat16}\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert (
        "; plain bfloat16 products, slower: this torch lacks one of torch.ops.mkldnn._"
        in done.stdout
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            "qwen3-0.6",
            "family: expected the name of one, got 'qwen3-0.6': did you mean 'qwen3-0.6b'?",
        ),
        ("no.yaml", "no.yaml: expected a family file, got none at this path"),
    ],
)
def test_a_family_that_is_not_there_is_an_error(tmp_path, given, told):
    """One line, and exit status 2."""
    status, out, err = typed(tmp_path, f"pytest-qwen doctor {given}")
    assert (status, out) == (2, "")
    assert err.startswith(told)
    assert err.count("\n") == 1


def test_it_imports_no_torch(tmp_path):
    """Nor transformers: a look at the machine takes no longer than it must."""
    code = (
        "import sys, json; from pytest_qwen.cli.main import main; main(['doctor']);"
        "print(json.dumps([m for m in ('torch', 'transformers') if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
