"""What a run judged of whole cases: prompts held against each other, and snapshots."""

import re

import pytest

from pytest_qwen.report import page_of
from tests.report.records import case, record, sample, whole
from tests.report.test_against import FLIP, stray


def sealed(page):
    """Return what the seal says."""
    (inside,) = re.findall(r'<p class="seal[^>]*>(.*?)</p>', page.decode())
    return re.sub("<.*?>", "", inside)


@pytest.mark.parametrize(
    ("lines_", "seals"),
    [
        ([sample()], ("✓all met", "✓全部符合")),
        ([sample(), whole(passed=True)], ("✓all met", "✓全部符合")),
        ([sample(), whole("same_as")], ("1failed", "1项未达")),
        ([sample(), whole("snapshot")], ("1failed", "1项未达")),
        ([stray()], ("1failed", "1项未达")),
        ([stray(flip=FLIP)], ("1failed", "1项未达")),
        ([stray(environment="cuda/H100")], ("✓all met", "✓全部符合")),
        ([stray(environment="cuda/H100"), whole("snapshot")], ("1failed", "1项未达")),
    ],
)
def test_the_seal_counts_what_failed_the_run(tmp_path, lines_, seals):
    """A relation or a snapshot alone too, in older records as well, which have samples alone."""
    path = record(tmp_path / "r", *lines_)
    assert tuple(sealed(page_of(path, language=name)) for name in ("en", "zh")) == seals


def test_against_a_baseline_snapshots_are_no_regression(tmp_path):
    """Another model says something else; a relation that it lost is one."""
    was = record(tmp_path / "w", sample(), whole(passed=True), whole("snapshot", passed=True))
    strayed = record(tmp_path / "s", stray(), whole(passed=True), whole("snapshot"))
    assert sealed(page_of(strayed, was)) == "✓none regressed"
    lost = record(tmp_path / "n", sample(), whole(), whole("snapshot", passed=True))
    assert sealed(page_of(lost, was)) == "1regressed"
    assert sealed(page_of(lost, was, "zh")) == "1项退步"


def test_what_a_case_is_held_to_stands_with_its_expectations(tmp_path):
    """With what there was instead, the way to the other prompt and the line in the YAML."""
    lines_ = [sample(), whole(other=case(prompt="other")), sample(prompt="other")]
    page = page_of(record(tmp_path / "r", *lines_), language="zh").decode()
    assert (
        '<li class="no">✗ 0/1 <b>more_than</b> {prompt: other}：<span lang="en">7, other 9</span> '
        '<a href="#t=greets.instruct-other">另一提示</a> '
        '<span class="meta">· behaviors/greets.yaml:4</span></li>'
    ) in page
    assert 'data-tags="failed"' in page
