"""Texts that would do harm where they became markup, script, or a request."""

from __future__ import annotations

PAYLOADS = [
    "<script>pwned=1</script>",
    "</script><script>pwned=1</script>",
    "</style><script>pwned=1</script>",
    "</pre></textarea></title></template><img src=x onerror=pwned=1>",
    '"><img src=x onerror=pwned=1>',
    "' onmouseover='pwned=1' autofocus onfocus='pwned=1' x='",
    '" autofocus onfocus="pwned=1" style="position:fixed;inset:0',
    "javascript:pwned=1",
    "<svg onload=pwned=1><animate onbegin=pwned=1>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<base href='http://canary.invalid/'><link rel=stylesheet href='http://canary.invalid/a.css'>",
    "<meta http-equiv=refresh content='0;url=http://canary.invalid/'>",
    "<form action='http://canary.invalid/'><input name=q autofocus><button>",
    "<img src='http://canary.invalid/x.png'><audio src='http://canary.invalid/y' autoplay>",
    "<!--", "-->", "<![CDATA[", "]]>", "<plaintext>", "<details open ontoggle=pwned=1>",
    "{{ 7*7 }}{% raw %}{{ cycler.__init__.__globals__.os }}", "${pwned=1}", "&lt;script&gt;pwned=1",
    "\u2028pwned=1\u2029", "\x00\x1b[31m\x07", "\u202egnp.exe\u2066", "\ufeff\ufff0<script>",
    "\ud800<img src=x onerror=pwned=1>", "a" * 5000 + "<script>pwned=1</script>",
    '#t=x" onclick="pwned=1', "__proto__", "constructor",
]  # fmt: skip


def lines(say):
    """Return a run and samples in which `say()` gives every text that a record may have."""

    def sample(number, passed):
        verdict = {
            "trait": say(),
            "args": {say(): [say()]},
            "passed": passed,
            "evidence": {"got": say(), "of": "text", "spans": [[0, 3]], "unit": say()},
            "line": 3,
        }
        reply = {
            "text": say(),
            "thinking": say(),
            "answer": say(),
            "thinking_state": say(),
            "finish": say() if passed else "length",
            "token_ids": [1, 2],
            "n_thinking_tokens": 1,
            "seed": 1,
            "sample": number,
            "request_key": say(),
        }
        flip = {"token": 0, "was": say(), "now": say(), "margin": say(), "near": passed}
        texts = ("finish", "thinking_state", "thinking", "answer")
        was = {name: say() for name in texts} | {"left_out": 1}
        stray = {"environment": say(), "asked": passed, "flip": flip, "was": was}
        prompt = [{"role": say(), "content": say()}, {"role": say(), "content": say()}]
        return {
            "prompt": prompt,
            "reply": reply,
            "verdicts": [verdict],
            "error": None,
            "snapshot": stray,
        }

    case = {"case": say(), "behavior": say(), "role": say(), "prompt_id": say()}
    broken = {"case": say(), "reply": None, "verdicts": [], "prompt": []}
    broken["error"] = {"kind": say(), "message": say()}
    run = {
        "suite": [say()],
        "family": say(),
        "checkpoints": {say(): {"checkpoint": say(), "fingerprint": say(), "environment": say()}},
        "options": {"family": say(), "model": [say()], say(): say()},
        "versions": {say(): say()},
    }
    relation = {"kind": "comparison", "case": say(), "behavior": say(), "claim": say(), "line": 1}
    relation |= {"order": say(), "passed": False}
    samples = [{**case, **sample(0, True)}, {**case, **sample(1, False)}, broken]
    whole = {"kind": "case", **case, "trait": say(), "args": {say(): say()}, "line": 1}
    whole |= {"other": say(), "passed": False, "evidence": {"got": say()}, "message": say()}
    return run, [*({"kind": "sample", **line} for line in samples), whole, relation]
