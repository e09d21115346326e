"""How fast replies are generated, and whether they are the same: ours against plain transformers.

    python benchmarks/generation.py                           the suite on the tiny family
    python benchmarks/generation.py --layers 6 --hidden 1024  a random Qwen3 of that shape

All ways answer the same prompts with the same budgets on one core, one after the other in each
round; loading is left out. Printed are the medians, their ratio to the plain loop, and how many
texts are those that each request gives when it is answered alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, Qwen3Config

from pytest_qwen.engine import key_of
from pytest_qwen.engine.local.generation import LocalGeneration
from pytest_qwen.engine.models import Models
from pytest_qwen.engine.store import Store
from pytest_qwen.family.checkpoint import open_checkpoint
from pytest_qwen.family.family import load_family
from pytest_qwen.model_io.message import Message
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling
from pytest_qwen.model_io.vocabulary import ROLES
from pytest_qwen.spec.behavior import Behavior
from pytest_qwen.spec.cases import expand
from pytest_qwen.spec.loading import load

ROOT = Path(__file__).parents[1]
Texts = dict[str, tuple[int, ...]]


def suite_requests(models: Models) -> list[Request]:
    """Return what the suite asks of this family, complete and each once."""
    complete = {}
    for path in sorted((ROOT / "behaviors").rglob("*.yaml")):
        for spec in load(path, shown=str(path)):
            for case in expand(spec) if isinstance(spec, Behavior) else ():
                if models.family.lacking(case.needs):
                    continue
                for request in map(models.complete, case.requests()):
                    complete[request.key] = request
    return list(complete.values())


def random_checkpoint(folder: Path, layers: int, hidden: int, dtype: torch.dtype) -> Path:
    """Write a Qwen3 with random weights, in the proportions of Qwen3-0.6B."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=151_936,
        hidden_size=hidden,
        intermediate_size=3 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        num_key_value_heads=hidden // 128,
        head_dim=128,
        tie_word_embeddings=True,
    )
    AutoModelForCausalLM.from_config(config, dtype=dtype).save_pretrained(folder)
    for file in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(ROOT / "pytest_qwen/family/embedded/reasoning" / file, folder)
    return folder


def random_requests(count: int, budget: int) -> list[Request]:
    """Return prompts of different lengths for a model whose texts mean nothing."""
    sampling = Sampling(temperature=0.7, top_k=20, top_p=0.95, min_p=0, max_new_tokens=budget)
    texts = [f"{n}. " + "Which is larger, 9.11 or 9.8? " * (1 + n % 5) for n in range(count)]
    return [
        Request("instruct", (Message(role="user", content=t),), "chat", sampling, n, key=t)
        for n, t in enumerate(texts)
    ]


class Plain:
    """Transformers as people's notebooks use it: `generate`, sampling with one random generator."""

    def __init__(self, path: Path, device: str, dtype: str) -> None:
        self.model = AutoModelForCausalLM.from_pretrained(path, dtype=dtype).to(device).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left")

    def answer(self, requests: Sequence[Request], size: int) -> Texts:
        """Answer in batches of `size`, each to the end of its longest budget."""
        said: Texts = {}
        for start in range(0, len(requests), size):
            batch = requests[start : start + size]
            inputs = self.tokenizer(
                [self._prompt(one) for one in batch],
                add_special_tokens=False,
                return_tensors="pt",
                padding=True,
            )
            inputs = inputs.to(self.model.device)
            inputs.pop("token_type_ids", None)
            sampling = batch[0].sampling
            torch.manual_seed(0)
            out = self.model.generate(
                **inputs,
                do_sample=bool(sampling.temperature),
                temperature=sampling.temperature or 1.0,
                top_k=sampling.top_k,
                top_p=sampling.top_p,
                max_new_tokens=max(one.sampling.max_new_tokens or 1 for one in batch),
            )
            for one, ids in zip(batch, out[:, inputs["input_ids"].shape[1] :], strict=True):
                said[one.key] = self._cut(one, ids.tolist())
        return said

    def _prompt(self, request: Request) -> str:
        if request.prompt_as == "text":
            return request.text
        said = {} if request.thinking is None else {"enable_thinking": request.thinking}
        messages = [message.model_dump() for message in request.messages]
        text: str = self.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, **said
        )
        return text

    def _cut(self, request: Request, ids: list[int]) -> tuple[int, ...]:
        """Leave out what a batch made a row say behind its own end."""
        eos = self.model.generation_config.eos_token_id
        stops = set(eos if isinstance(eos, list) else [eos])
        end = next((i for i, token in enumerate(ids) if token in stops), len(ids))
        return tuple(ids[: min(end, request.sampling.max_new_tokens or 1)])


def ours(engine: LocalGeneration, requests: Sequence[Request], *, alone: bool = False) -> Texts:
    """Answer with the engine, all together or one by one."""
    said: Texts = {}
    for part in [[one] for one in requests] if alone else [list(requests)]:
        engine.submit(part)
        wanted = len(said) + len(part)
        while len(said) < wanted:
            said |= {key_of(one): one.token_ids for one in engine.step()}
    return said


def replay(store: Store, requests: Sequence[Request]) -> Texts:
    """Read what was generated before."""
    return {key: one.token_ids for key, one in store.get(r.key for r in requests).items()}


Way = Callable[[], Texts]


def ways(
    path: Path, device: str, dtype: str, requests: list[Request], folder: Path
) -> Iterator[tuple[str, Way]]:
    """Yield the ways to answer, each with its name."""
    plain = Plain(path, device, dtype)
    yield "transformers, one by one", lambda: plain.answer(requests, 1)
    yield "transformers, batches of 16", lambda: plain.answer(requests, 16)
    yield "transformers, batches of 64", lambda: plain.answer(requests, 64)
    reference = LocalGeneration(path, device, dtype, slots=False)
    yield "ours, reference lane", lambda: ours(reference, requests)
    engine = LocalGeneration(path, device, dtype)
    yield f"ours, {engine.lane} lane", lambda: ours(engine, requests)
    store = Store(folder)
    engine.submit(requests)
    kept = 0
    while kept < len(requests):
        outcomes = engine.step()
        store.put(outcomes)
        kept += len(outcomes)
    yield "ours, replay", lambda: replay(store, requests)


def measure(path: Path, device: str, dtype: str, requests: list[Request], rounds: int) -> None:
    """Print a table of all ways for one checkpoint."""
    engines = [LocalGeneration(path, device, dtype, slots=slots) for slots in (True, False)]
    alone = {engine.lane: ours(engine, requests, alone=True) for engine in engines}
    with tempfile.TemporaryDirectory() as folder:
        named = list(ways(path, device, dtype, requests, Path(folder)))
        seconds: dict[str, list[float]] = {name: [] for name, _ in named}
        tokens, same = {}, {}
        for _ in range(rounds):
            for name, way in named:
                start = time.perf_counter()
                said = way()
                seconds[name].append(time.perf_counter() - start)
                tokens[name] = sum(map(len, said.values()))
                expected = alone["reference" if "reference" in name else engines[0].lane]
                same[name] = sum(said[key] == expected[key] for key in expected)
    first = named[0][0]
    print("| way | tokens | seconds | tokens/s | times the loop's rate | texts as alone |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    rates = {n: [tokens[n] / s for s in seconds[n]] for n in seconds}
    for name, spent in seconds.items():
        rate = statistics.median(rates[name])
        ratio = statistics.median(a / b for a, b in zip(rates[name], rates[first], strict=True))
        shown = "–" if name.startswith("transformers") else f"{same[name]} of {len(requests)}"
        print(
            f"| {name} | {tokens[name]:,} | {statistics.median(spent):.2f} "
            f"| {rate:,.0f} | {ratio:,.1f} | {shown} |"
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--layers", type=int, help="of a random Qwen3, instead of the suite")
    parser.add_argument("--hidden", type=int, default=1024, help="its hidden size")
    parser.add_argument("--device", default="cpu", help="cuda:0, for one")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--prompts", type=int, default=64, help="for the random model")
    parser.add_argument("--budget", type=int, default=64, help="tokens, for the random model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--roles", nargs="*", choices=ROLES, default=ROLES, help="of the suite")
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # the engine counts cores by it
    torch.set_num_threads(1)
    if options.layers:
        with tempfile.TemporaryDirectory() as folder:
            dtype = getattr(torch, options.dtype)
            path = random_checkpoint(Path(folder), options.layers, options.hidden, dtype)
            requests = random_requests(options.prompts, options.budget)
            measure(path, options.device, options.dtype, requests, options.rounds)
        return
    models = Models(load_family("tiny"))
    requests = suite_requests(models)
    for role in options.roles:
        mine = [replace(r, key=r.key) for r in requests if r.role == role]
        print(f"\n{role}: {len(mine)} requests\n", flush=True)
        path = open_checkpoint(models.family.roles[role], models.family).path
        measure(path, options.device, options.dtype, mine, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
