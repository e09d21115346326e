"""Texts of tool calls, whole and hostile, for the traits that read them."""

from __future__ import annotations

JSON = '<tool_call>\n{"name": "weather", "arguments": {"city": "北京", "days": 3, "now": true}}\n</tool_call>'
XML = (
    "<tool_call>\n<function=weather>\n<parameter=city>\n北京\n</parameter>\n<parameter=days>\n3\n</parameter>\n"
    "<parameter=now>\ntrue\n</parameter>\n</function>\n</tool_call>"
)
TIME = '<tool_call>{"name": "time", "arguments": {}}</tool_call>'


def call(body: str) -> str:
    """Put the tags around a call."""
    return f"<tool_call>{body}</tool_call>"


HOSTILE = [
    "<tool_call>" * 50_000,
    "<tool_call>" * 50_000 + "</tool_call>",
    "</tool_call>" * 50_000,
    call("<function=f>" + "<parameter=a>" * 50_000 + "</function>"),
    call("<function=f>" + "<parameter=a>1</parameter>" * 30_000 + "</function>"),
    call("<function=f>" * 30_000),
    "<|" * 200_000,
    "<|a" + "a" * 500_000,
    "<think>" * 80_000,
    '"name":' * 80_000,
    "".join(f"<|t{i}|>" for i in range(50_000)),
]
"""Half a million characters of tags each, to be judged in a moment."""
