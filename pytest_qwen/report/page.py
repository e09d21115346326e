"""The page as HTML; Jinja is imported here only.

Everything in a record is untrusted. It reaches the page in one way only, as the value of an
expression in a template: `finalize` makes it visible, autoescape makes it text. No template uses
`safe`, no Python code builds markup, and the policy in the page's head lets nothing run or load
but the one script and the one style whose hashes it names.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pytest_qwen.messages.visible import visible
from pytest_qwen.record.preflight import Preflight
from pytest_qwen.report import compare, plots, rates, view
from pytest_qwen.report.chinese import in_chinese
from pytest_qwen.report.lines import Sample
from pytest_qwen.report.marks import Budget, show
from pytest_qwen.report.preflight import matches, values
from pytest_qwen.report.run import Run
from pytest_qwen.report.verdict import Decision
from pytest_qwen.report.words import Language, words

FOLDER = Path(__file__).parent / "page"
MARKS = {"pass": "✓", "mixed": "~", "miss": "✗", "error": "!", "skipped": "–"}
"""What stands for the state of a case."""


def render(
    now: Run,
    was: Run | None = None,
    language: Language = "en",
    decision: Decision | None = None,
    preflight: Preflight | None = None,
) -> str:
    """Return the page.

    Args:
        now: the run to show, or the candidate.
        was: the baseline it is compared with.
        language: of the page's own words.
        decision: what the gate decided about the two.
        preflight: what differs between their families.
    """
    cases = compare.pairs(now, was)
    prompts = compare.prompts(cases)
    roles = compare.roles(cases)
    budget = Budget(view.texts(cases))
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            budget=budget,
            cases=cases,
            changed=sorted((p for p in cases if p.change), key=lambda p: p.urgency),
            compare=compare,
            decision=decision,
            in_chinese=in_chinese if language == "zh" else lambda _: "",
            language=language,
            now=now,
            plots=plots,
            policy=_policy(),
            preflight=preflight,
            values=values,
            preflight_matches=matches(preflight, now, was),
            prompts=prompts,
            rates=rates,
            roles=roles,
            t=words(language),
            view=view,
            was=was,
        )
    )


def _policy() -> str:
    """Return the content security policy: nothing but this script and this style."""
    script, style = (
        _hash((FOLDER / name).read_text("utf-8")) for name in ("script.js", "style.css")
    )
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        MARKS=MARKS,
        answer_tokens=_answer_tokens,
        show=show,
        thinking_tokens=_thinking_tokens,
        values=values,
    )
    environment.tests["lost"] = compare.lost
    environment.filters["percent"] = lambda value: f"{100 * value:.4g}"
    return environment


def _visible(value: Any) -> Any:
    """Show what is hidden in a text; what is markup already is what a template made."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _thinking_tokens(sample: Sample) -> int:
    return sample.reply.n_thinking_tokens if sample.reply else 0


def _answer_tokens(sample: Sample) -> int:
    return len(sample.reply.token_ids) - _thinking_tokens(sample) if sample.reply else 0
