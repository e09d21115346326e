"""Model text in terminals and logs: hidden characters shown, commands to CI services disarmed."""

import pytest

from pytest_qwen.messages.visible import log_safe, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("a\u202eb", r"a\u202eb"),
        ("a\rb", r"a\rb"),
        ("\ud800", r"\ud800"),
        ("\x00\x7f\x85", r"\x00\x7f\x85"),
        ("\u2028", r"\u2028"),
        ("行\n\t2 👩‍💻", "行\n\t2 👩‍💻"),
    ],
)
def test_hidden_characters_are_shown(text, shown):
    """Escapes, bidirectional marks and surrogates become visible; Chinese and emoji stay."""
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["::error::x", "a\n  ::set-output x", "##[error]x", "a ##[group]"])
def test_no_line_commands_a_ci_service(text):
    """No line begins with `::` after trimming, none holds `##[`."""
    safe = log_safe(text)
    assert not any(line.strip().startswith("::") for line in safe.splitlines())
    assert "##[" not in safe
