"""What is asked of a model is checked before anything is generated."""

import pytest

from pytest_qwen.engine.models import Models
from pytest_qwen.family.family import load_family


@pytest.mark.parametrize(
    ("prompt", "options", "told"),
    [
        ("x", {"temperature": -1}, "temperature: expected at least 0, got -1"),
        ("x", {"top_k": 1.5}, "top_k: expected a whole number, got 1.5"),
        (
            [{"role": "usr", "content": "x"}],
            {},
            "role: expected one of system, user, assistant, tool, got 'usr': did you mean 'user'?",
        ),
        ([{"role": "user"}], {}, "content: expected the key 'content', got none: add it"),
    ],
)
def test_a_wrong_argument_is_told_in_our_words(prompt, options, told):
    """The argument, what was expected and what there was."""
    with pytest.raises(ValueError, match=r".") as error:
        Models(load_family("tiny"))["instruct"].chat(prompt, **options)
    assert type(error.value) is ValueError
    assert str(error.value) == told


def test_an_unknown_option_is_told():
    """With the nearest known one."""
    with pytest.raises(TypeError, match="got 'temprature': did you mean 'temperature'"):
        Models(load_family("tiny"))["instruct"].chat("x", temprature=1)
