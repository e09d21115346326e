"""`transformers serve` with continuous batching: a request over HTTP for each prompt, all at once.

Server and client share the core, and the time of both counts.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
from round import Asked, Prompt, Way, run, servers


def load(asked: Asked) -> dict[str, Way]:
    """Start a server, which loads the model before it listens."""
    url = _serve(asked)

    async def ask(client: httpx2.AsyncClient, one: Prompt, budget: int) -> int:
        config = {  # without a token that ends a reply, so that the budget is used up
            "do_sample": True,
            "temperature": asked.temperature,
            "top_k": asked.top_k,
            "top_p": asked.top_p,
            "max_new_tokens": budget,
        }
        body = {
            "model": asked.checkpoint,
            "messages": [{"role": "user", "content": one.said}],
            "generation_config": json.dumps(config),  # OpenAI's fields have no top_k
        }
        answer = await client.post("/v1/chat/completions", json=body)
        usage = answer.raise_for_status().json()["usage"]
        assert usage["prompt_tokens"] == len(one.ids), usage
        return int(usage["completion_tokens"])

    async def ask_all(prompts: list[Prompt], budget: int) -> int:
        limits = httpx2.Limits(max_connections=None)
        async with httpx2.AsyncClient(
            base_url=url, timeout=None, limits=limits, trust_env=False
        ) as client:
            return sum(await asyncio.gather(*(ask(client, one, budget) for one in prompts)))

    return {"transformers serve": lambda prompts, budget: asyncio.run(ask_all(prompts, budget))}


def _serve(asked: Asked) -> str:
    """Return the address of a server that is ready, and ends with this process however it ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tokens = sum(len(one.ids) + asked.max_new_tokens for one in asked.prompts)
    options = {
        "device": "cpu",
        "dtype": asked.dtype,
        "host": "127.0.0.1",
        "port": port,
        # the cache of plain.py
        "cb-block-size": 64,
        "cb-num-blocks": tokens // 64 + len(asked.prompts) + 8,
        "cb-max-batch-tokens": 512,
    }
    command = [
        *("setpriv", "--pdeathsig", "KILL", str(Path(sys.executable).with_name("transformers"))),
        *("serve", asked.checkpoint, "--continuous-batching"),
        *(f"--{name}={value}" for name, value in options.items()),
    ]
    server = subprocess.Popen(command)  # noqa: S603
    atexit.register(server.wait)
    atexit.register(server.kill)  # comes first; asked to stop, it would wait for its batches
    servers.append(server.pid)
    url = f"http://127.0.0.1:{port}"
    while server.poll() is None:
        try:
            httpx2.get(f"{url}/health", trust_env=False).raise_for_status()
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise RuntimeError(f"transformers serve ended with {server.returncode}")


run(load)
