"""The promise on a GPU: the same tests as on a CPU, on the device that most users have."""

import random

import pytest
import torch
import transformers

from pytest_qwen.engine import Options, key_of
from pytest_qwen.engine.environment import resolve
from pytest_qwen.engine.local.generation import LocalGeneration
from tests.engine.test_promise import SHAPE, requests, texts

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU that torch can use"),
]


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """Give a random Qwen3 of some 200 million parameters with the tiny family's tokenizer."""
    from tests.conftest import TINY

    path = tmp_path_factory.mktemp("wide")
    torch.manual_seed(0)
    shape = {"hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 12}
    heads = {"num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128}
    config = transformers.Qwen3Config(**{**SHAPE, **shape, **heads})
    transformers.AutoModelForCausalLM.from_config(config).save_pretrained(path)
    for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (path / file).write_bytes((TINY / "reasoning" / file).read_bytes())
    return path


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_a_text_depends_on_its_request_alone(wide, dtype):
    """All together, shuffled in small batches, alone: one text, in whichever lane holds."""
    asked = requests()
    together = texts(LocalGeneration(wide, "cuda:0", dtype), asked)
    shuffled = random.Random(0).sample(asked, len(asked))
    assert texts(LocalGeneration(wide, "cuda:0", dtype, Options(rows=4)), shuffled) == together
    alone = LocalGeneration(wide, "cuda:0", dtype, Options(rows=1))
    assert {k: v for one in asked[::3] for k, v in texts(alone, [one]).items()} == {
        one.key: together[one.key] for one in asked[::3]
    }


def test_memory_that_runs_out_halves_the_batch(wide):
    """With a small share of the real memory the texts are those of all of it."""
    asked = requests(8)
    expected = texts(LocalGeneration(wide, "cuda:0", "float32"), asked)
    torch.cuda.empty_cache()
    engine = LocalGeneration(wide, "cuda:0", "float32", Options(rows=40))
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved(0) + 2**26) / total)
    try:
        engine.submit(asked)
        said = {}
        while len(said) < len(asked):
            said |= {key_of(one): one.token_ids for one in engine.step()}
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert said == expected


def test_a_role_stays_on_its_device():
    """`auto` is the first GPU; a named one is taken as it is."""
    assert resolve("auto") == "cuda:0"
    last = f"cuda:{torch.cuda.device_count() - 1}"
    assert resolve(last) == last
