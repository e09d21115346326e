"""The promise: a text depends on its request alone, whatever shares its batch, on every architecture."""

import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers

from pytest_qwen.engine import Options, key_of
from pytest_qwen.engine.local import generation as local_generation
from pytest_qwen.engine.local.generation import LocalGeneration
from pytest_qwen.engine.local.reference import ReferenceLane
from pytest_qwen.engine.local.sampling import Sampler
from pytest_qwen.engine.local.slots import SlotLane, attention
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from tests.conftest import TINY

SHAPE = {
    "vocab_size": 2048,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.2,  # far from uniform, so that texts differ
}
WIDE = {"hidden_size": 512, "intermediate_size": 1024}  # layers whose weights are packed
MOE = {"num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 64}
CONFIGS = {
    "qwen2": lambda: transformers.Qwen2Config(**SHAPE),
    "qwen3": lambda: transformers.Qwen3Config(**SHAPE, head_dim=16),
    "wide": lambda: transformers.Qwen3Config(**SHAPE | WIDE),
    "qwen3_moe": lambda: transformers.Qwen3MoeConfig(**SHAPE, **MOE, head_dim=16),
    "qwen3_5": lambda: transformers.Qwen3_5TextConfig(
        **SHAPE,
        head_dim=16,
        layer_types=["linear_attention", "linear_attention", "full_attention"],
        linear_key_head_dim=16,
        linear_value_head_dim=16,
        linear_num_key_heads=2,
        linear_num_value_heads=4,
    ),
}

TEXTS = [
    "你好！",
    "用一句话介绍水稻。",
    "Which is larger, 7.4 or 7.25? " * 6,
    "8.1和8.12哪个更小？" * 3,
    "Which is larger, 7.4 or 7.25? " * 6 + "再想一想。",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give the folder of a checkpoint: the tiny family's, or a random one of an architecture."""
    made: dict[str, Path] = {"tiny": TINY / "reasoning"}

    def find(name: str) -> Path:
        if name not in made:
            path = made[name] = tmp_path_factory.mktemp(name)
            torch.manual_seed(1)
            transformers.AutoModelForCausalLM.from_config(CONFIGS[name]()).save_pretrained(path)
            for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
                shutil.copy(TINY / "reasoning" / file, path)
        return made[name]

    return find


@pytest.fixture(scope="module")
def tiny_texts(folder):
    """What the tiny family's reasoning model answers to `requests()`, all together."""
    return texts(LocalGeneration(folder("tiny"), "cpu", "float32"), requests())


def requests(count: int = 4) -> list[Request]:
    """Return samples of every text, with budgets that let neighbours end early."""
    made = [
        Request(
            "reasoning",
            (Message(role="user", content=text),),
            "chat",
            Sampling(
                temperature=0.9, top_k=20 if sample % 2 else 0, top_p=0.95, min_p=0.0,
                max_new_tokens=4 + 9 * sample,
            ),
            seed=number,
            sample=sample,
            thinking=True,
        )
        for number, text in enumerate(TEXTS)
        for sample in range(count)
    ]  # fmt: skip
    return [replace(request, key=f"{request.seed}.{request.sample}") for request in made]


def texts(engine: LocalGeneration, asked: list[Request], *, late: int = 0) -> dict[str, tuple]:
    """Answer requests; the last `late` of them are asked when the others are under way."""
    engine.submit(asked[: len(asked) - late])
    answers = {}
    steps = 0
    while len(answers) < len(asked):
        steps += 1
        if steps == 3 and late:
            engine.submit(asked[len(asked) - late :], first=True)
        answers |= {key_of(reply): reply.token_ids for reply in engine.step()}
    return answers


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("tiny", "float32"),
        ("tiny", "bfloat16"),
        ("qwen2", "float32"),
        ("qwen3", "float32"),
        ("qwen3", "bfloat16"),
        ("wide", "float32"),
        ("wide", "bfloat16"),
        ("qwen3_moe", "float32"),
        ("qwen3_moe", "bfloat16"),
        ("qwen3_5", "float32"),
    ],
)
def test_a_text_depends_on_its_request_alone(folder, name, dtype):
    """Alone, all together, shuffled, a part, coming late, at most 1, 4 or 32 at once: one text."""
    asked = requests()
    shuffled = random.Random(0).sample(asked, len(asked))
    ways = [
        (32, asked, 0),
        (32, shuffled, 0),
        (4, shuffled, 7),
        (1, asked[::-3], 0),
        (32, asked[1::3], 2),
    ]
    first: dict[str, tuple] = {}
    for rows, part, late in ways:
        answers = texts(
            LocalGeneration(folder(name), "cpu", dtype, Options(rows=rows)), part, late=late
        )
        first = first or answers
        assert answers == {key: first[key] for key in answers}
    alone = LocalGeneration(folder(name), "cpu", dtype)
    for request in asked[::7]:
        assert texts(alone, [request]) == {request.key: first[request.key]}
    assert len(set(first.values())) > len(TEXTS) * 2


class NaiveEngine(LocalGeneration):
    """What a notebook does: `generate` on a padded batch, one random generator for all."""

    def step(self):
        """Answer all that wait."""
        rows = list(self._waiting.values())
        self._waiting.clear()
        longest = max(len(row.prompt) for row in rows)
        pads = [longest - len(row.prompt) for row in rows]
        torch.manual_seed(0)
        out = self._loaded.model.generate(
            input_ids=torch.tensor([[0] * n + r.prompt for n, r in zip(pads, rows, strict=True)]),
            attention_mask=torch.tensor(
                [[0] * n + [1] * len(r.prompt) for n, r in zip(pads, rows, strict=True)]
            ),
            do_sample=True,
            max_new_tokens=20,
            pad_token_id=0,
        )
        for row, ids in zip(rows, out[:, longest:].tolist(), strict=True):
            row.new = ids
        return list(map(self._reply, rows))


def test_a_naive_engine_breaks_the_promise(folder):
    """The test above can fail: with a generator for all, who else is asked changes the text."""
    asked = requests()
    together = texts(NaiveEngine(folder("tiny"), "cpu", "float32", slots=False), asked)
    part = texts(NaiveEngine(folder("tiny"), "cpu", "float32", slots=False), asked[1::3])
    assert part != {key: together[key] for key in part}


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_both_lanes_say_the_same(folder, dtype):
    """The reference lane is the oracle: in float32 and bfloat16 the tiny texts agree."""
    slots = LocalGeneration(folder("tiny"), "cpu", dtype)
    reference = LocalGeneration(folder("tiny"), "cpu", dtype, slots=False)
    assert isinstance(slots._lane, SlotLane)
    assert isinstance(reference._lane, ReferenceLane)
    answers, expected = texts(slots, requests()), texts(reference, requests())
    same = sum(answers[key] == expected[key] for key in expected)
    assert same >= (len(expected) if dtype == "float32" else 0.8 * len(expected))


@pytest.mark.parametrize("slots", [True, False])
def test_memory_that_runs_out_halves_the_batch(folder, tiny_texts, slots, monkeypatch):
    """The texts are those of a machine with more memory; at one row the reply says `oom`."""
    engine = LocalGeneration(folder("tiny"), "cpu", "float32", slots=slots)
    inner = engine._loaded.model.model
    forward, most = inner.forward, 60

    def small(*args, input_ids, **kwargs):
        if input_ids.numel() > most:
            raise torch.OutOfMemoryError("no memory left")
        return forward(*args, input_ids=input_ids, **kwargs)

    monkeypatch.setattr(inner, "forward", small)
    most = 300
    assert texts(engine, requests()) == tiny_texts
    most = 1
    engine.submit(requests(1))
    finishes = set()
    while len(finishes) < 1:
        finishes |= {reply.finish for reply in engine.step()}
    assert finishes == {"oom"}


@pytest.mark.parametrize("victim", ["0.3", "2.3", "4.2"])
def test_a_broken_row_leaves_its_neighbours_alone(folder, tiny_texts, victim):
    """NaN in its keys and values ends a row; who takes any slot that it had says what it always says."""
    asked = requests()
    engine = LocalGeneration(folder("tiny"), "cpu", "float32", Options(rows=3))
    engine.submit(asked)
    answers = {}
    poisoned = False
    while len(answers) < len(asked):
        answers |= {key_of(reply): reply for reply in engine.step()}
        for slot, seat in enumerate(engine._lane._seats):
            if seat.row.request.key == victim and seat.held and not poisoned:
                poisoned = True
                with torch.inference_mode():
                    for tensor in engine._lane._cache.chunks:
                        tensor[:, :, slot] = float("nan")
    assert {key for key, reply in answers.items() if reply.finish == "nan"} == {victim}
    del answers[victim]
    assert {key: reply.token_ids for key, reply in answers.items()} == {
        k: tiny_texts[k] for k in answers
    }


def test_one_bad_row_fails_alone(folder, tiny_texts):
    """A prompt on which the model raises fails; its neighbours say what they always say."""
    asked = requests()
    engine = LocalGeneration(folder("tiny"), "cpu", "float32")
    engine.submit(asked)
    bad = engine._waiting["2.1"]
    bad.prompt = [*bad.prompt, 999_999]  # no such token: an IndexError in the embedding
    answers = {}
    while len(answers) < len(asked):
        answers |= {key_of(reply): reply for reply in engine.step()}
    failure = answers.pop("2.1")
    assert failure.message.startswith("the model failed on cpu: ")
    assert {key: reply.token_ids for key, reply in answers.items()} == {
        k: tiny_texts[k] for k in answers
    }
    assert engine._lane._rows == 64


def test_an_error_that_comes_once_does_not_narrow_the_batch_for_good(
    folder, tiny_texts, monkeypatch
):
    """Rows are tried alone until all that failed together have ended; texts stay what they are."""
    asked = requests()
    engine = LocalGeneration(folder("tiny"), "cpu", "float32", Options(rows=6))
    inner = engine._loaded.model.model
    forward, passes, widest = inner.forward, 0, []

    def once(*args, **kwargs):
        nonlocal passes
        passes += 1
        if passes == 5:
            raise RuntimeError("the launch timed out")
        widest.append(len(engine._lane.rows))
        return forward(*args, **kwargs)

    monkeypatch.setattr(inner, "forward", once)
    assert texts(engine, asked) == tiny_texts
    alone = widest.index(1)
    assert max(widest[alone:]) == 6


def test_an_interruption_loses_nothing(folder, tiny_texts, monkeypatch):
    """What raises in the middle of a step, as Ctrl-C or a time limit does, changes no text."""
    asked = requests()
    engine = LocalGeneration(folder("tiny"), "cpu", "float32")
    engine.submit(asked)
    answers = {key_of(reply): reply for _ in range(2) for reply in engine.step()}
    draw = Sampler.draw

    def interrupted(sampler, logits):
        draw(sampler, logits)
        raise KeyboardInterrupt

    monkeypatch.setattr(Sampler, "draw", interrupted)
    with pytest.raises(KeyboardInterrupt):
        engine.step()
    monkeypatch.undo()
    while len(answers) < len(asked):
        answers |= {key_of(reply): reply for reply in engine.step()}
    assert {key: reply.token_ids for key, reply in answers.items()} == tiny_texts


def test_what_ends_is_never_lost(folder, tiny_texts, monkeypatch):
    """An error between the last token and the reply fails its own row; the others have theirs."""
    asked = requests()
    engine = LocalGeneration(folder("tiny"), "cpu", "float32")
    reply = engine._reply

    def broken(row):
        if row.request.key == "1.0":
            raise UnicodeError("no text")
        return reply(row)

    monkeypatch.setattr(engine, "_reply", broken)
    engine.submit(asked)
    answers = {}
    while len(answers) < len(asked):
        answers |= {key_of(reply): reply for reply in engine.step()}
    assert answers.pop("1.0").message == "the model failed on cpu: no text"
    assert {key: reply.token_ids for key, reply in answers.items()} == {
        k: tiny_texts[k] for k in answers
    }


def test_two_threads_keep_the_promise_too(folder, monkeypatch):
    """More threads share a matrix; the probe finds how few tokens are too few, or says no."""
    load = local_generation.load
    monkeypatch.setattr(local_generation, "load", lambda *a: replace(load(*a), threads=2))
    asked = requests(2)[1::2]
    together = texts(LocalGeneration(folder("tiny"), "cpu", "float32"), asked)
    alone = LocalGeneration(folder("tiny"), "cpu", "float32")
    assert {k: v for request in asked for k, v in texts(alone, [request]).items()} == together
    assert alone.lane == "reference" or alone._lane._min_tokens > 4
    torch.set_num_threads(1)


def test_a_prompt_is_read_once_for_all_its_samples(folder):
    """Samples of one prompt, and prompts that begin alike, share what was read."""
    engine = LocalGeneration(folder("tiny"), "cpu", "float32")
    asked = requests(8)
    texts(engine, asked)
    read = engine._lane.read_tokens
    prompts = {tuple(engine._prompt_ids(request)) for request in asked}
    assert read <= sum(map(len, prompts)) - 64  # two prompts share at least one chunk


@pytest.mark.parametrize(("name", "dtype"), [("tiny", "float32"), ("wide", "bfloat16")])
def test_prompts_of_one_length_are_read_together(folder, name, dtype, monkeypatch):
    """They share the products of attention, and each says what it says alone."""
    asked = [
        replace(request, messages=(Message(role="user", content=f"{n}. {TEXTS[4]}"),), key=str(n))
        for n, request in enumerate(requests(1) * 2)
    ]
    runs = []
    attend = attention._attend_run
    monkeypatch.setattr(
        attention, "_attend_run", lambda *args: runs.append(args[2]) or attend(*args)
    )
    together = texts(LocalGeneration(folder(name), "cpu", dtype), asked)
    assert any(run.slots == len(asked) and run.tokens == attention.CHUNK for run in runs)
    alone = LocalGeneration(folder(name), "cpu", dtype)
    assert {k: v for request in asked for k, v in texts(alone, [request]).items()} == together


def test_a_reply_that_takes_too_long_ends(folder):
    """What is over its time ends as `timeout` with what was said; what comes next is answered."""
    asked = requests(1)[:2]
    engine = LocalGeneration(folder("tiny"), "cpu", "float32", Options(rows=1, seconds=2))
    inner = engine._loaded.model.model
    forward = inner.forward

    def slow(*args, **kwargs):
        time.sleep(2.1 if engine._lane._seats[0].row.request is asked[0] else 0)
        return forward(*args, **kwargs)

    inner.forward = slow
    engine.submit(asked)
    answers = {}
    while len(answers) < 2:
        answers |= {key_of(reply): reply for reply in engine.step()}
    first, second = (answers[request.key] for request in asked)
    assert (first.finish, len(first.token_ids)) == ("timeout", 1)
    assert second.finish in {"stop", "length"}


@pytest.mark.parametrize("slots", [True, False])
def test_a_pass_that_hangs_is_given_up(folder, slots):
    """Whoever was in it ends as `timeout`; what comes next is answered as ever."""
    asked = requests(2)
    expected = texts(LocalGeneration(folder("tiny"), "cpu", "float32", slots=slots), asked)
    engine = LocalGeneration(folder("tiny"), "cpu", "float32", Options(seconds=0.5), slots=slots)
    inner = engine._loaded.model.model
    forward = inner.forward
    inner.forward = lambda *_, **__: time.sleep(3600)
    engine.submit(asked[:1])
    (hung,) = engine.step()
    assert (hung.finish, hung.token_ids) == ("timeout", ())
    inner.forward = forward
    engine._options = Options()
    assert texts(engine, asked) == expected


def test_fast_gives_the_promise_up_where_it_costs(folder):
    """Hybrid models are answered one by one, or, when asked to be fast, in batches."""
    exact = LocalGeneration(folder("qwen3_5"), "cpu", "float32")
    fast = LocalGeneration(folder("qwen3_5"), "cpu", "float32", Options(exact=False))
    assert (exact.lane, exact._rows, fast.lane, fast._rows) == ("reference", 1, "reference", 64)
    dense = LocalGeneration(folder("qwen3"), "cpu", "float32", Options(exact=False))
    assert dense.lane == "slot"
    assert [exact.notes[0].code, dense.notes[0].code] == ["lane.reference_layers", "lane.slot"]


@pytest.mark.parametrize("slots", [True, False])
def test_a_stop_string_ends_a_row(folder, slots):
    """What ends at one is the beginning of the whole text, and neighbours do not see it go."""
    whole = [
        replace(request, sampling=Sampling(max_new_tokens=150).over(request.sampling))
        for request in requests()
    ]
    strings = Sampling(stop_strings=("。", "is "))
    stopped = [
        replace(request, sampling=strings.over(request.sampling), key=f"{request.key} stop")
        for request in whole
    ]
    expected = texts(LocalGeneration(folder("tiny"), "cpu", "float32", slots=slots), whole)
    engine = LocalGeneration(folder("tiny"), "cpu", "float32", slots=slots)
    engine.submit(whole[1::2] + stopped)
    answers = {}
    while engine.left:
        answers |= {key_of(reply): reply for reply in engine.step()}
    shorter = 0
    for key, reply in answers.items():
        text = expected[key.split()[0]]
        assert reply.token_ids == text[: len(reply.token_ids)]
        if len(reply.token_ids) < len(text):
            assert (reply.finish, key.split()[1:]) == ("stop", ["stop"])
            assert reply.text.count("。") + reply.text.count("is ") == 1
            shorter += 1
    assert shorter > 3
    alone = LocalGeneration(folder("tiny"), "cpu", "float32", slots=slots)
    for request in stopped[1::7]:
        assert texts(alone, [request]) == {request.key: answers[request.key].token_ids}
