"""A real Chromium without a window, driven over a pair of pipes: DevTools messages, nothing else.

The protocol is https://chromedevtools.github.io/devtools-protocol; `--remote-debugging-pipe` reads
commands from descriptor 3 and writes answers and events to 4, each a JSON text that ends with NUL.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class Page:
    """One page, and the events that it caused."""

    def __init__(self, reads: int, writes: int) -> None:
        self.events: list[dict[str, Any]] = []
        self._reads, self._writes, self._scripts = reads, writes, True
        self._rest, self._last, self._session = b"", 0, None
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        attached = self.send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, /, **params: Any) -> dict[str, Any]:
        """Send a command and return its answer; events that come meanwhile are kept."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writes, json.dumps(message).encode() + b"\0")
        while True:
            got = self._next(60)
            if got.get("id") == self._last:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                return got["result"]
            self._note(got)

    def open(self, url: str) -> float:
        """Open a page, wait until it has loaded and been drawn; return the seconds it took."""
        self.events.clear()
        start = time.perf_counter()
        self.send("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")
        if self._scripts:
            self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        return time.perf_counter() - start

    def run(self, script: str) -> Any:
        """Return the value of an expression of JavaScript, waiting for a promise."""
        got = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in got:
            raise RuntimeError(json.dumps(got["exceptionDetails"])[:2000])
        return got["result"].get("value")

    def scripts(self, on: bool) -> None:
        """Let pages run scripts, or not; `run` works in both."""
        self.send("Emulation.setScriptExecutionDisabled", value=not on)
        self._scripts = on

    def press(self, key: str) -> None:
        """Press and release a key."""
        codes = {"Tab": 9, "Enter": 13, " ": 32, "Escape": 27, "ArrowRight": 39}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        fields = {"key": key, "windowsVirtualKeyCode": codes.get(key, 0), "code": key}
        self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **fields)
        self.send("Input.dispatchKeyEvent", type="keyUp", **fields)

    def theme(self, name: str) -> None:
        """Let the system prefer a theme, `light` or `dark`."""
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.send("Emulation.setEmulatedMedia", features=features)

    def size(self, width: int, height: int) -> None:
        """Set the size of the window."""
        fields = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.send("Emulation.setDeviceMetricsOverride", **fields)

    def screenshot(self, path: Path) -> None:
        """Write what is seen as PNG."""
        got = self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(got["data"]))

    def wait_for(self, method: str) -> dict[str, Any]:
        """Return the first event of a kind, waiting for it."""
        while not any(event["method"] == method for event in self.events):
            self._note(self._next(60))
        return next(event for event in self.events if event["method"] == method)

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since the page was opened."""
        asked = [e for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in asked]

    def _note(self, got: dict[str, Any]) -> None:
        if "method" in got:
            self.events.append(got)
        if got.get("method") == "Page.javascriptDialogOpening":  # the page would hang
            message = {
                "id": -1,
                "method": "Page.handleJavaScriptDialog",
                "params": {"accept": True},
            }
            message["sessionId"] = self._session
            os.write(self._writes, json.dumps(message).encode() + b"\0")

    def _next(self, seconds: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._reads], [], [], seconds)[0]:
                raise TimeoutError
            chunk = os.read(self._reads, 1 << 20)
            if not chunk:
                raise EOFError
            self._rest += chunk
        text, _, self._rest = self._rest.partition(b"\0")
        return json.loads(text)


@contextmanager
def browser() -> Iterator[Page]:
    """Start Chromium with an empty profile and yield a page; end it afterwards."""
    assert CHROMIUM
    commands, answers = os.pipe(), os.pipe()

    def descriptors() -> None:
        ends = os.dup(commands[0]), os.dup(answers[1])
        os.dup2(ends[0], 3)
        os.dup2(ends[1], 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [CHROMIUM, *FLAGS, f"--user-data-dir={profile}"],
            pass_fds=(3, 4),
            preexec_fn=descriptors,  # noqa: PLW1509 - two duplications, no thread
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands[0])
        os.close(answers[1])
        try:
            yield Page(answers[0], commands[1])
        finally:
            process.terminate()
            process.wait(20)
            os.close(commands[1])
            os.close(answers[0])
