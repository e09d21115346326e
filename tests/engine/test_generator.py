"""The generator alone: what it holds on to, and what it counts. Engines here answer at once."""

import socket
import threading
import weakref
from contextlib import ExitStack
from multiprocessing.connection import Client, Connection
from pathlib import Path

from pytest_qwen.engine import NoRoom, key_of
from pytest_qwen.engine.client import RemoteGenerator
from pytest_qwen.engine.generator import LocalGenerator
from pytest_qwen.engine.server import Server
from pytest_qwen.engine.wire import receive, send
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.model_io.request import Request
from pytest_qwen.model_io.sampling import Sampling


class Echo:
    """Answers one request a step."""

    def __init__(self):
        self.tokens, self.waiting, self.answered = 0, {}, []

    @property
    def left(self):
        return len(self.waiting)

    def submit(self, requests, *, first=False):
        self.waiting |= {request.key: request for request in requests}

    def step(self):
        first = next(iter(self.waiting), None)
        self.answered += [first] if first else []
        return [Reply(text="", request_key=self.waiting.pop(first).key)] if first else []


class OneAtATime:
    """Has memory for one engine; `alive` says which were still held when another was opened."""

    def __init__(self):
        self.loaded, self.seen, self.alive = {}, {}, []

    def generation(self, role):
        if role not in self.loaded:
            if self.loaded:
                raise NoRoom(role)
            self.alive += [name for name, engine in self.seen.items() if engine()]
            self.loaded[role] = Echo()
            self.seen[role] = weakref.ref(self.loaded[role])
        return self.loaded[role]

    def release(self):
        self.loaded.clear()


class Shared(OneAtATime):
    """One checkpoint for all roles."""

    def generation(self, role):
        return self.loaded.setdefault("all", Echo())


def asked(role, *keys):
    return [Request(role, (), "text", Sampling(), key=f"{role}{key}") for key in keys]


def test_room_is_made_before_another_engine_is_opened():
    """Weights that something still refers to would not leave the device."""
    models = OneAtATime()
    generator = LocalGenerator(models)
    both = [*asked("base", 1, 2), *asked("instruct", 1)]
    said = [one.request_key for one in generator.answers(both)]
    said += [one.request_key for one in generator.answers(asked("reasoning", 1))]
    assert sorted(said) == ["base1", "base2", "instruct1", "reasoning1"]
    assert models.alive == []


def test_roles_of_one_checkpoint_are_counted_apart(monkeypatch):
    """A step of their engine ends replies of both."""
    monkeypatch.setattr("pytest_qwen.engine.generator.EVERY", 0)  # told after each step
    counts = {}
    generator = LocalGenerator(
        Shared(), None, lambda all_: counts.update({r: (t.done, t.left) for r, t in all_.items()})
    )
    instruct, reasoning = asked("instruct", 1, 2, 3), asked("reasoning", 1, 2, 3)
    generator.plan([*instruct, *reasoning])
    for one in (instruct[0], reasoning[0], *instruct[1:], *reasoning[1:]):
        list(generator.answers([one]))
    assert counts == {"instruct": (3, 0), "reasoning": (3, 0)}


def test_what_the_plan_has_often_is_generated_once():
    """Without a store, a reply stays here for as many as will ask for it, and no longer."""
    models = Shared()
    generator = LocalGenerator(models)
    once, often = asked("base", 1, 2)
    generator.plan([once, *[often] * 4])
    for request in (once, *[often] * 4):
        (reply,) = generator.answers([request])
        assert reply.request_key == request.key
    assert models.generation("base").answered == ["base1", "base2"]
    assert [r.request_key for r in generator.answers([often])] == ["base2"]
    assert models.generation("base").answered == ["base1", "base2", "base2"]


def listening(name):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(name)
    listener.listen()
    return listener


def test_one_client_says_the_plan(tmp_path, monkeypatch):
    """Who comes at the same time waits; where the first dies half through, the next says it."""
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    models = Shared()
    plan = asked("base", 1, 2, 3)
    parts = [[request.to_json() for request in part] for part in (plan[:2], plan[2:], [])]
    generator = LocalGenerator(models)
    serve = Server(
        listening("server"), generator, lambda request: request
    ).serve  # until the process ends
    threading.Thread(target=serve, daemon=True).start()
    with ExitStack() as stack:
        dies, plans, asks = [stack.enter_context(Client("server")) for _ in range(3)]
        assert receive(dies) == {"plan": True}
        assert not plans.poll(0.2)
        send(dies, {"plan": parts[0]})
        dies.close()
        assert receive(plans) == {"plan": True}
        for part in parts:
            assert not asks.poll(0)
            send(plans, {"plan": part})
        assert receive(asks) == {"plan": False}
        for part in parts[:2]:
            send(asks, {"ask": part})
            for _ in part:
                receive(asks)
        assert models.generation("base").answered == ["base1", "base2", "base3"]
        send(asks, {"ask": parts[1]})  # once more than the plan had it
        receive(asks)
        assert models.generation("base").answered == ["base1", "base2", "base3", "base3"]


def test_devices_are_asked_at_the_same_time(tmp_path, monkeypatch):
    """None of two processes answers before both were asked."""
    monkeypatch.chdir(tmp_path)
    both = threading.Barrier(2, timeout=20)

    def device(listener):
        client = Connection(listener.accept()[0].detach())
        send(client, {"plan": False})
        fields = receive(client)["ask"]
        both.wait()
        for one in fields:
            send(client, {"reply": Reply(text="", request_key=one["key"]).to_json()})

    def control(listener):
        for _ in range(2):
            with Connection(listener.accept()[0].detach()) as client:
                send(client, {"socket": receive(client)["device"]})

    for name in ("cuda0", "cuda1"):
        threading.Thread(target=device, args=(listening(name),), daemon=True).start()
    threading.Thread(target=control, args=(listening("control"),), daemon=True).start()
    generator = RemoteGenerator(Path("control"), {}, lambda _: ["cuda0", "cuda1"], tuple)
    requests = [Request("base", (), "text", Sampling(), key=f"{n:08x}") for n in range(4)]
    assert {key_of(one) for one in generator.answers(requests)} == {one.key for one in requests}
    generator.close()
