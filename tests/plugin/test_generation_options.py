"""Options of generation: they change how fast it is, never what is said, and say what is wrong."""

import pytest

SPEC = "{instruct: [{finish: stop}], reasoning: [{thinking: closed}]}"


@pytest.fixture
def suite(project):
    """One behavior over two roles, with snapshots."""
    project.behavior(SPEC, samples=3, snapshot="true")
    project.run("--snapshot-update").assert_outcomes(passed=2)
    return project


def test_a_smaller_batch_says_the_same(suite):
    """One sequence at a time gives the texts of any batch."""
    before = suite.texts()
    suite.run("--qwen-batch=1", store="off").assert_outcomes(passed=2)
    assert suite.texts() == before


@pytest.mark.parametrize("batch", ["0", "-1", "two"])
def test_a_batch_is_a_number(project, batch):
    """Anything else is an error of usage."""
    result = project.run(f"--qwen-batch={batch}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"*argument --qwen-batch: expected a whole number, more than 0, got '{batch}'"]
    )


def test_fast_leaves_snapshots_out_and_is_recorded(suite):
    """A text that may depend on its neighbours is no snapshot, and no reply of an exact run."""
    path = suite.path / "snapshots" / "tiny" / "instruct" / "says.ambr"
    path.write_text(path.read_text("utf-8").replace("你好", "您好"), "utf-8")
    suite.run().assert_outcomes(passed=1, failed=1)
    keys = {line["reply"]["request_key"] for line in suite.lines() if line["kind"] == "sample"}
    suite.run("--qwen-fast").assert_outcomes(passed=2)
    assert suite.lines()[0]["options"]["exact"] is False
    fast = {line["reply"]["request_key"] for line in suite.lines() if line["kind"] == "sample"}
    assert len(keys) == len(fast) == 6
    assert not keys & fast


@pytest.mark.parametrize("said", ["0", "-3", "soon", "nan"])
def test_a_timeout_is_a_number_of_seconds(project, said):
    """Anything else is an error of usage, before anything runs."""
    result = project.run("-o", f"qwen_timeout={said}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*qwen_timeout: expected seconds, more than 0, got '{said}'"])


def test_a_reply_beyond_its_time_fails_as_such(suite):
    """It is the machine's fault, told as such in terminal and record, and not kept."""
    again = ("-m", "reasoning", "-o", "qwen_timeout=0.000001")
    result = suite.run(*again, store="late")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        ["expected replies, got finish timeout in 3 of 3 samples: generation took too long"]
    )
    assert {line["error"]["kind"] for line in suite.lines() if line["kind"] == "sample"} == {
        "timeout"
    }
    suite.run("-m", "reasoning", store="late").assert_outcomes(passed=1, deselected=1)


def test_every_reply_runs_to_its_end(project):
    """A loop that is certain ends no reply; --qwen-whole is taken, and changes nothing."""
    project.behavior("{base: [{any: [continuation_loop, {contains: 的}, {contains: e}]}]}")
    project.run().assert_outcomes(passed=1)
    said, texts = {line.get("reply", {}).get("finish") for line in project.lines()}, project.texts()
    assert "verdict" not in said
    project.run("--qwen-whole").assert_outcomes(passed=1)
    assert project.lines()[0]["options"]["whole"] is True
    assert project.texts() == texts
    project.run("--help").stdout.re_match_lines([r" *--qwen-whole +no effect any more: every"])


def test_a_stop_string_ends_a_reply(project):
    """The text ends with the token that completes it."""
    project.behavior("{instruct: [{contains: 。}]}", sampling="{stop_strings: [。]}")
    project.run().assert_outcomes(passed=1)
    (line,) = (line for line in project.lines() if line["kind"] == "sample")
    assert line["reply"]["text"].count("。") == 1
    assert line["reply"]["finish"] == "stop"
