"""The gate's reasons in Chinese."""

from __future__ import annotations

_CHANGED = r"(?P<name>.+?): changed by (?P<x>\S+) points, at worst (?P<y>\S+): "
_CHANGED_ZH = "{name}：变化 {x} 个百分点，最坏 {y}："
_MISSING = r"(?P<n>\d+) of (?P<m>\d+) samples of the candidate are missing \((?P<kinds>.+?)\)"
_UNJUDGED = r"(?P<k>\d+) relations between prompts are not judged in the candidate"
_MISSING_ZH, _UNJUDGED_ZH = (
    "候选缺少 {m} 个样本中的 {n} 个（{kinds}）",
    "候选有 {k} 个提示间的关系没有判定",
)
_SAME = r"; the verdict is the same if they passed"
_SAME_ZH = "；即使它们都通过，判定也不变"
_HANGS = r": (?P<a>[A-Z]+) if they failed, (?P<b>[A-Z]+) if they passed"
_HANGS_ZH = "：若它们失败则为 {a}，若通过则为 {b}"

REASONS = [
    (_CHANGED + tail, _CHANGED_ZH + told)
    for tail, told in (
        (
            r"it is worse \(p = (?P<p>\S+)\), perhaps by (?P<m>\S+) or more",
            "确实变差（p = {p}），可能达到 {m} 个百分点或更多",
        ),
        (
            r"it is worse \(p = (?P<p>\S+)\), by less than (?P<m>\S+)",
            "确实变差（p = {p}），但不到 {m} 个百分点",
        ),
        (
            r"a drop of (?P<m>\S+) points can be ruled out, and it is better",
            "可以排除下降 {m} 个百分点，而且变好了",
        ),
        (r"a drop of (?P<m>\S+) points can be ruled out", "可以排除下降 {m} 个百分点"),
        (r"it hangs on the samples that are missing", "取决于缺失的样本"),
        (
            r"it takes (?P<m>\d+) behaviors to pass, got (?P<n>\d+)",
            "至少要有 {m} 个行为才能通过，现有 {n} 个",
        ),
        (
            r"neither worse for certain nor safe from a drop of (?P<m>\S+) points",
            "既不能断定变差，也不能排除下降 {m} 个百分点",
        ),
    )
]
REASONS += [
    (
        r"no (?P<names>.+) in (?P<n>\d+) samples: its rate is below (?P<b>\S+) %",
        "{n} 个样本中没有出现 {names}：其比率低于 {b} %",
    ),
    (r"(?P<x>.+) must not occur, got (?P<n>\d+) times", "{x} 一次也不允许出现，却有 {n} 次"),
    (
        r"(?P<x>.+) went from all passing to all failing: it is critical",
        "{x} 从全部通过变为全部失败：它是关键行为",
    ),
    (
        r"(?P<x>.+) held (?P<y>\S+) and does not any more: it is critical",
        "{x} 原来满足 {y}，现在不再满足：它是关键行为",
    ),
    (
        r"look (?P<n>\d+) ended the run by design, after (?P<a>\d+) of (?P<b>\d+) behaviors",
        "第 {n} 次查看按设计结束了运行，此时看了 {b} 个行为中的 {a} 个",
    ),
    (
        r"look (?P<n>\d+) saw no alarm, and passes nothing",
        "第 {n} 次查看没有警报，但不能使任何候选通过",
    ),
]
REASONS += [
    (missing + end, told + end_zh)
    for missing, told in (
        (f"{_MISSING}, {_UNJUDGED}", f"{_MISSING_ZH}，{_UNJUDGED_ZH}"),
        (_MISSING, _MISSING_ZH),
        (_UNJUDGED, _UNJUDGED_ZH),
    )
    for end, end_zh in ((_SAME, _SAME_ZH), (_HANGS, _HANGS_ZH))
]
