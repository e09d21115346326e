"""Family files: those that ship, those of a user, and what is said of wrong ones."""

import pytest

from pytest_qwen.family.family import FAMILIES, load_family
from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.model_io.sampling import Sampling


@pytest.mark.parametrize("path", sorted(FAMILIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_families_that_ship(path):
    """Each is named like its file and has all three roles."""
    family = load_family(path.stem)
    assert family.name == path.stem
    assert list(family.roles) == ["base", "instruct", "reasoning"]


def test_the_hybrid_family_thinks_in_one_role():
    """One checkpoint plays instruct without thinking and reasoning with it."""
    family = load_family("qwen3-0.6b")
    assert family.roles["instruct"].checkpoint == family.roles["reasoning"].checkpoint
    assert (family.thinking("base"), family.thinking("instruct"), family.thinking("reasoning")) == (
        None,
        False,
        True,
    )


def test_a_role_can_be_bound_to_another_checkpoint(tmp_path):
    """The role keeps its device and sampling; a folder's path is taken as seen from here."""
    family = load_family("tiny", {"instruct": str(tmp_path), "base": "Qwen/Qwen3-0.6B-Base"})
    assert family.roles["instruct"].checkpoint == str(tmp_path)
    assert family.roles["instruct"].sampling == load_family("tiny").roles["instruct"].sampling
    assert family.roles["base"].checkpoint == "Qwen/Qwen3-0.6B-Base"
    assert (family.roles["instruct"].hub, family.roles["base"].hub) == ("local", "huggingface")


def test_sampling_layers():
    """A behavior's parameters stand over the role's, these over the checkpoint's."""
    behavior, role = Sampling(temperature=0.1), Sampling(temperature=0.7, top_k=20)
    assert behavior.over(role) == Sampling(temperature=0.1, top_k=20)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "family: x\nbase: {chekpoint: a}",
            "f.yaml:2: expected a known key, got 'chekpoint': did you mean 'checkpoint'?",
        ),
        (
            "family: x\nbase: {checkpoint: a, device: tpu}",
            "f.yaml:2: expected auto, cpu, mps, cuda or cuda:N, got 'tpu'",
        ),
        (
            'family: x\nbase: {checkpoint: a, device: ["cuda:0", tpu]}',
            "f.yaml:2: expected auto, cpu, mps, cuda or cuda:N, got 'tpu'",
        ),
        (
            'family: x\nbase: {checkpoint: a, device: ["cuda:0", cpu]}',
            "f.yaml:2: expected devices of one kind, since texts depend on it, got ['cuda:0', 'cpu']",
        ),
        (
            'family: x\nbase: {checkpoint: a, device: ["cuda:0", "cuda:0"]}',
            "f.yaml:2: expected each device once, got ['cuda:0', 'cuda:0']",
        ),
        (
            "family: x\nbase: {checkpoint: a, device: []}",
            "f.yaml:2: expected a device, got []",
        ),
        (
            "family: x\nbase: {checkpoint: a, dtype: int3}",
            "f.yaml:2: expected one of auto, float32, bfloat16, float16, got 'int3'",
        ),
        ("family: ../x", "f.yaml:1: expected letters, digits and . + _ -, got '../x'"),
        ("base: {checkpoint: a}", "f.yaml:1: expected the key 'family', got none: add it"),
        ("family: x\n---\nfamily: y", "f.yaml:1: expected one family, got 2 documents"),
        ("- a", "f.yaml:1: expected a mapping of keys to values, got list"),
    ],
)
def test_mistakes(tmp_path, text, message):
    """Each is told with file and line."""
    path = tmp_path / "f.yaml"
    path.write_text(text)
    with pytest.raises(SpecError) as error:
        load_family(str(path))
    assert any(line.startswith(f"{tmp_path}/{message}") for line in str(error.value).splitlines())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "tinny",
            "family: expected the name of one, got 'tinny': did you mean 'tiny'? Or give the path",
        ),
        ("9999", ", tiny, or give the path of a YAML file"),
        ("no/such.yaml", "no/such.yaml: expected a family file, got none at this path"),
    ],
)
def test_an_unknown_family(name, message):
    """The nearest known name is offered."""
    with pytest.raises(SpecError) as error:
        load_family(name)
    assert message in str(error.value)
