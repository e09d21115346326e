"""Verdicts over all samples of a case, and samples that were cut off before they answered."""

MEASURED = "{base: [{distinct_2: {at_least: 0.999}}, {finish: [stop, length]}]}"


def test_a_verdict_over_all_samples_is_told_once(project):
    """One line for the case; in the record it stands with every sample, so that rates hold."""
    project.behavior(MEASURED, samples=3)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            (
                "behaviors/says.yaml:3: expected distinct_2 {'at_least': 0.999} over 3 samples, "
                "got distinct_2 0.*"
            ),
            "sample 0 (seed 0, finish *):",
        ]
    )
    result.stdout.no_fnmatch_line("    sample *")
    samples = [line for line in project.lines() if line["kind"] == "sample"]
    verdicts = [line["verdicts"][0] for line in samples]
    assert len(verdicts) == 3
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert (verdicts[0]["trait"], verdicts[0]["args"]) == ("distinct_2", {"at_least": 0.999})
    assert (verdicts[0]["passed"], verdicts[0]["line"]) == (False, 3)
    evidence = verdicts[0]["evidence"]
    assert (evidence["over"], evidence["n_replies"]) == ("replies", 3)
    assert 0 < evidence["distinct_2"] < 0.999


def test_a_share_of_one_verdict_is_a_mistake(project):
    """`at_least` beside counts samples: there are none to count, and the line is told."""
    project.behavior("{base: [{distinct_2: {at_most: 0.5}, at_least: 0.5}]}")
    project.run().stdout.fnmatch_lines(
        [
            (
                "behaviors/says.yaml:3: move `at_least` inside `distinct_2`: "
                "it judges all samples together"
            )
        ]
    )


def test_truncated_samples_are_counted_apart(project):
    """What was cut off while it thought has no verdict: not a good answer, nor a bad one."""
    expect = "{reasoning: [{not: {contains: never said}}, {thinking: unclosed_truncated}]}"
    project.behavior(expect, samples=2, sampling="{max_new_tokens: 4}")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            (
                "behaviors/says.yaml:3: expected not contains 'never said', "
                "got it in 0 of 0, and 2 of 2 truncated: raise max_new_tokens"
            ),
            "    sample 0: no answer, cut off after 3 tokens of thinking",
        ]
    )
    samples = [line for line in project.lines() if line["kind"] == "sample"]
    answer, state = samples[0]["verdicts"]
    assert (answer["passed"], answer["evidence"]["truncated"]) == (None, True)
    assert state["passed"] is True


def test_of_truncated_samples_only_nothing_is_judged_together(project):
    """No vote and no number comes of samples without an answer: that is told, and is no crash."""
    expect = "{reasoning: [majority_answer: 4, distinct_1: {at_most: 1}]}"
    project.behavior(expect, samples=2, sampling="{max_new_tokens: 4}")
    result = project.run()
    result.assert_outcomes(failed=1)
    why = "no verdict: no answer, cut off after 3 tokens of thinking (2 of 2 truncated)"
    result.stdout.fnmatch_lines(
        [
            f"behaviors/says.yaml:3: expected majority_answer 4 over 2 samples, got {why}",
            f"behaviors/says.yaml:3: expected distinct_1 {{'at_most': 1}} over 2 samples, got {why}",
        ]
    )


def test_an_own_trait_over_all_samples(project):
    """`@trait(over="replies")` takes the parts of all samples, and `@measure` a number of them."""
    project.write(
        "conftest.py",
        "from collections.abc import Sequence\n"
        "from pytest_qwen import Part, Verdict, measure, trait\n"
        "@trait(over='replies')\n"
        "def begins_alike(parts: Sequence[Part], n: int = 1) -> Verdict:\n"
        "    begins = {part.text[:n] for part in parts}\n"
        "    return Verdict(len(begins) == 1, f'begins {sorted(begins)}')\n"
        "@measure\n"
        "def n_lines(parts: Sequence[Part]) -> float:\n"
        "    return sum(len(part.text.splitlines()) for part in parts) / len(parts)\n",
    )
    project.behavior("{instruct: [begins_alike, n_lines: {at_least: 100}]}", samples=2)
    result = project.run()
    result.stdout.fnmatch_lines(
        ["*:3: expected n_lines {'at_least': 100} over 2 samples, got n_lines 1"]
    )
    result.stdout.no_fnmatch_line("*expected begins_alike*")
