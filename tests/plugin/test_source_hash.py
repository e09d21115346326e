"""The version of a test in Python."""

from pytest_qwen.plugin.run.source_hash import source_hash

TEST = """
from pytest_qwen import behavior

@behavior(role="instruct", prompt="你好！")
def test_greets(reply):
    assert {word!r} in reply.answer
{more}
"""


def test_the_version_follows_the_source_of_the_test(project):
    """A run records it; another assert is another version, another function beside it is not."""

    def version(word, more=""):
        project.write("test_own.py", TEST.format(word=word, more=more))
        project.run("--qwen-record-only", "-p", "no:cacheprovider")
        return {v["version"] for line in project.lines() for v in line.get("verdicts", [])}

    first = version("你好")
    assert [len(v) for v in first] == [12]
    assert version("你好", "x = 1") == first
    assert version("您好") != first


def test_a_function_without_a_source_has_no_version():
    """Code that was made at run time is not told apart."""
    assert source_hash(eval("lambda: 1")) == ""
