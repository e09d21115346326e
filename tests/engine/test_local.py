"""The local engine on the tiny family: a text depends on its request alone, and ends as it says."""

import shutil
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from pytest_qwen.engine import EngineError
from pytest_qwen.engine.models import Models
from pytest_qwen.family import embedded
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.reply import Finish, ThinkingState
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling

TINY = embedded.FOLDER


@pytest.fixture(scope="module")
def models():
    """The tiny family without a store."""
    return Models(load_family("tiny"))


def request(text, role="reasoning", sample=0, **fields):
    as_text = "text" if role == "base" else "chat"
    message = Message(role="user", content=text)
    return Request(role, (message,), as_text, Sampling(max_new_tokens=40), sample=sample, **fields)


def whole(text, role="reasoning"):
    return replace(request(text, role), sampling=Sampling(max_new_tokens=200))


PROMPTS = [
    "你好！",
    "用一句话介绍水稻。",
    "Which is larger, 7.4 or 7.25?",
    "8.1和8.12哪个更小？" * 3,
]


def texts(models, requests):
    return [reply.text for reply in models.replies(requests)]


def test_a_text_is_the_same_in_any_batch(models):
    """Alone, together, in another order, with fewer rows: every text is the same."""
    requests = [request(p, r, s) for p in PROMPTS for r in ("base", "reasoning") for s in range(3)]
    together = texts(models, requests)
    alone = [texts(models, [one])[0] for one in requests]
    backwards = texts(models, requests[::-1])[::-1]
    thirds = texts(models, requests[::3])
    assert together == alone == backwards
    assert thirds == together[::3]
    assert len(set(together)) > len(PROMPTS) * 2


def test_rows_keep_their_own_parameters(models):
    """Rows of one batch may differ in temperature, budget and seed."""
    rows = [
        replace(request(PROMPTS[1], seed=s), sampling=Sampling(temperature=t, max_new_tokens=n))
        for s, t, n in ((0, 0, 5), (1, 1.5, 40), (2, 0.3, 12))
    ]
    replies = models.replies(rows)
    assert [reply.text for reply in replies] == [texts(models, [row])[0] for row in rows]
    assert len(replies[0].token_ids) == 5
    assert replies[0].finish == Finish.LENGTH


def test_an_unclosed_thought_is_never_an_answer(models):
    """A thought that the budget cuts off leaves the answer empty."""
    short = replace(request(PROMPTS[2]), sampling=Sampling(max_new_tokens=5))
    (reply,) = models.replies([short])
    assert reply.thinking_state == ThinkingState.UNCLOSED_TRUNCATED
    assert reply.answer == ""
    assert reply.thinking
    assert reply.finish == Finish.LENGTH


def test_thinking_can_be_switched_off(models):
    """The template closes the block in the prompt: no tag in the reply is `absent`."""
    whole = replace(request(PROMPTS[2]), sampling=Sampling(max_new_tokens=200))
    thinks, direct = models.replies([whole, replace(whole, thinking=False)])
    assert (thinks.thinking_state, direct.thinking_state) == ("closed", "absent")
    assert thinks.n_thinking_tokens > 5
    assert direct.answer
    assert direct.n_prompt_tokens > thinks.n_prompt_tokens


def test_a_reply_carries_its_request(models):
    """Seed, sample, key and prompt length are kept; the end token is not part of the text."""
    asked = request(PROMPTS[0], "instruct", sample=2, seed=9)
    (reply,) = models.replies([asked])
    assert (reply.seed, reply.sample, reply.finish) == (9, 2, "stop")
    assert reply.request_key == models.complete(asked).key
    assert "<|im_end|>" not in reply.text


def test_nan_is_told(tmp_path):
    """Broken weights give `nan`, not a text."""
    copy = shutil.copytree(TINY / "instruct", tmp_path / "model")
    weights = load_file(copy / "model.safetensors")
    weights["model.norm.weight"][:] = float("nan")
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    models = Models(load_family("tiny", {"instruct": str(copy)}))
    (reply,) = models.replies([request(PROMPTS[0], "instruct")])
    assert (reply.finish, reply.text) == (Finish.NAN, "")


def test_a_checkpoint_is_loaded_once_for_two_roles():
    """A hybrid that plays instruct and reasoning is one copy."""
    path = str(TINY / "reasoning")
    models = Models(load_family("tiny", {"instruct": path, "reasoning": path}))
    direct, thinks = models.replies([whole(PROMPTS[0], "instruct"), whole(PROMPTS[0])])
    assert (direct.thinking_state, thinks.thinking_state) == ("absent", "closed")
    assert len(models._generations) == 1


def test_what_cannot_be_loaded_is_one_line(tmp_path):
    """A config that transformers does not know is told with the folder."""
    copy = shutil.copytree(TINY / "instruct", tmp_path / "model")
    (copy / "config.json").write_text('{"model_type": "no_such_model"}')
    models = Models(load_family("tiny", {"instruct": str(copy)}))
    with pytest.raises(EngineError) as error:
        models.replies([request(PROMPTS[0], "instruct")])
    assert str(error.value).startswith(f"{copy}: cannot be loaded on cpu as float32: ")
    assert "\n" not in str(error.value)


def test_a_checkpoint_that_changes_before_it_is_loaded_is_told(tmp_path):
    """Its replies would be kept as those of the one before."""
    copy = shutil.copytree(TINY / "instruct", tmp_path / "model")
    models = Models(load_family("tiny", {"instruct": str(copy)}))
    one = request(PROMPTS[0], "instruct")
    models.complete(one)
    shutil.copy(TINY / "reasoning" / "model.safetensors", copy)
    with pytest.raises(EngineError, match="expected the files that this run began with"):
        models.replies([one])


def test_a_template_that_fails_is_told(tmp_path):
    """The case errors with the template's reason."""
    copy = shutil.copytree(TINY / "instruct", tmp_path / "model")
    (copy / "chat_template.jinja").write_text("{{ raise_exception('no such effort') }}")
    models = Models(load_family("tiny", {"instruct": str(copy)}))
    with pytest.raises(EngineError, match="the chat template cannot be rendered: no such effort"):
        models.replies([request(PROMPTS[0], "instruct")])


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there(tmp_path):
    """A family that names a GPU on a machine without one is told so."""
    path = tmp_path / "f.yaml"
    path.write_text(
        f"family: f\nhub: local\ninstruct: {{checkpoint: {TINY / 'instruct'}, device: cuda}}"
    )
    with pytest.raises(EngineError, match="cannot be loaded on cuda"):
        Models(load_family(str(path))).replies([request(PROMPTS[0], "instruct")])


def test_every_part_of_a_request_is_in_its_key(models):
    """Two requests that differ in anything have two keys."""
    first = request("a")
    others = [
        request("b"),
        request("a", "instruct"),
        request("a", sample=1),
        request("a", seed=1),
        request("a", thinking=False),
        replace(first, prompt_as="text"),
        replace(first, sampling=Sampling(max_new_tokens=41)),
        replace(first, messages=(Message(role="system", content="a"),)),
    ]
    keys = {models.complete(one).key for one in [first, *others]}
    assert len(keys) == len(others) + 1
    assert models.complete(request("a")).key in keys
