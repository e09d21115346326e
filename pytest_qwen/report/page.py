"""The page as HTML; Jinja is imported here only.

Everything in a record is untrusted. It reaches the page in one way only, as the value of an
expression in a template: `finalize` makes it visible, autoescape makes it text. No template uses
`safe`, no Python code builds markup, and the policy in the page's head lets nothing run or load
but the one script and the one style whose hashes it names.

Templates compute nothing: they write what the view models of `sections/` hold.
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
from pytest_qwen.report.contents import Contents
from pytest_qwen.report.sections import sections
from pytest_qwen.report.sections.frame import Foot, Head
from pytest_qwen.report.words import Words

FOLDER = Path(__file__).parent / "page"


def render(contents: Contents) -> str:
    """Return the page."""
    template = _environment().get_template("page.jinja")
    return template.render(
        t=contents.words,
        policy=_policy(),
        digest=contents.now.digest,
        head=Head.of(contents),
        foot=Foot.of(contents),
        sections=sections(contents),
    )


def macros(template: str, words: Words) -> Any:
    """Return the macros of a template as functions that return HTML."""
    return _environment().get_template(template).make_module({"t": words})


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
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _visible(value: Any) -> Any:
    """Show what is hidden in a text; what is markup already is what a template made."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
