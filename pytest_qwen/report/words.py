"""What the page itself says, in English and Chinese."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Behavior report", "行为报告"),
    "skip": ("Skip to the cases", "跳到用例"),
    "colon": (": ", "："),
    "comma": (", ", "，"),
    "stop": (".", "。"),
    "enumerates": (", ", "、"),
    # what a case, a sample or a change is called
    "pass": ("as expected", "符合预期"),
    "mixed": ("enough samples as expected", "足够多的样本符合预期"),
    "miss": ("missed", "未达预期"),
    "error": ("no reply", "没有回复"),
    "skipped": ("skipped", "跳过"),
    "regressed": ("regressed", "退步"),
    "worse": ("fewer samples", "样本变差"),
    "improved": ("improved", "改进"),
    "better": ("more samples", "样本变好"),
    "new": ("only in the candidate", "仅候选有"),
    "gone": ("missing in the candidate", "候选缺失"),
    "different": ("another text", "文本不同"),
    "same": ("the same text as in the baseline", "与基线文本相同"),
    "rewritten": (
        "little is shared with the baseline, so no words are marked",
        "与基线相差太大，不逐词标记",
    ),
    # the head
    "all_met": ("all met", "全部符合"),
    "n_missed": ("missed", "项未达"),
    "n_regressed": ("regressed", "项退步"),
    "none_regressed": ("none regressed", "无退步"),
    "not_whole": ("incomplete", "不完整"),
    "cases": ("cases", "用例"),
    "samples": ("samples", "样本"),
    "behaviors": ("behaviors", "行为"),
    "baseline": ("baseline", "基线"),
    "candidate": ("candidate", "候选"),
    "cut_off": (
        "The run was cut off: its record has no last line.",
        "运行中断：记录没有最后一行。",
    ),
    "not_there": (
        "Cases that were expected and are not in the record",
        "预期运行、但记录里没有的用例",
    ),
    "expected": ("expected", "预期"),
    "observed": ("observed", "实有"),
    "missing": ("missing", "缺失"),
    "crashed": ("crashed", "崩溃"),
    "errors": ("without reply", "无回复"),
    "truncated": ("truncated", "截断"),
    "about": ("About the records", "关于记录"),
    # the gate
    "gate": ("Gate", "门禁"),
    "PASS": ("the candidate may replace the baseline", "候选可以替换基线"),
    "MINOR": ("a little worse, within the margin", "略有退步，在容许范围内"),
    "REGRESSED": ("the candidate may not replace the baseline", "候选不可替换基线"),
    "INCONCLUSIVE": ("too little was seen to decide", "样本太少，无法判定"),
    "INVALID": ("the two records cannot be compared", "两份记录不可比较"),
    "gated": ("gated", "受检项"),
    "change": ("change, points", "变化（百分点）"),
    "margin": ("margin", "容许下限"),
    "result": ("result", "结果"),
    "gate_note": (
        "The bar goes from the worst that the change may be to the best; dashed is the margin.",
        "横条为变化的最坏到最好范围；虚线为容许下限。",
    ),
    # preflight
    "preflight": ("Preflight", "预检"),
    "breaking": ("breaking", "破坏性"),
    "harmless": ("harmless", "无害"),
    "n_breaking": ("breaking", "项破坏性"),
    "n_harmless": ("harmless", "项无害"),
    "no_difference": ("no difference", "无差异"),
    "preflight_note": (
        "Breaking: something that worked cannot be meant, read or ended any more.",
        "破坏性：原先有效的写法不再能表达、读取或结束。",
    ),
    "other_families": (
        "These are not the families of the two records.",
        "这不是两份记录的模型家族。",
    ),
    "affects": ("affects", "影响"),
    "n_affected": ("behaviors affected", "个行为受影响"),
    "no_suite": (
        "It was told of no suite, so the behaviors affected are not known.",
        "预检时没有给出行为，因此不知道影响哪些行为。",
    ),
    "more": ("more", "项未列出"),
    # snapshots
    "snapshot": ("snapshot", "快照"),
    "snapshots": ("Against the snapshots", "与快照对比"),
    "snapshots_note": (
        "A near tie is what rounding can flip, drift is another environment's; the rest is change.",
        "近似平局可能只是舍入所致；漂移来自另一环境；其余为改变。",
    ),
    "strays": ("cases differ from their snapshots", "个用例与快照不同"),
    "near_tie": ("near tie", "近似平局"),
    "drift": ("drift", "漂移"),
    "strayed": ("change", "改变"),
    "against": ("Against its snapshot", "与快照对比"),
    "of_environment": ("The snapshot's environment", "快照的环境"),
    "not_asked": (
        "Prompt, sampling or samples are not those of the snapshot.",
        "提示、采样参数或样本与快照的不同。",
    ),
    "first_flip": (
        "first at token {token}: {now} was {was}, {margin} apart",
        "首处不同在第 {token} 个词元：{was} 变为 {now}，相距 {margin}",
    ),
    "near": ("a near tie, which rounding can flip", "近似平局，舍入即可改变"),
    "not_near": ("no near tie", "不是近似平局"),
    "same_tokens": ("no other token is known", "未见不同的词元"),
    "ended": ("ended", "结束于"),
    "rewritten_since": (
        "Little is shared: this is the snapshot's text.",
        "相差太大：以下为快照的文本。",
    ),
    # overview
    "overview": ("Overview", "总览"),
    "role_note": (
        "Samples that meet every expectation, with Wilson's 95 % interval, which counts cases.",
        "满足全部预期的样本比例及其 95% Wilson 区间；区间按用例计数。",
    ),
    "met_of": ("cases met", "个用例达标"),
    "matrix": ("Behaviors and roles", "行为与角色"),
    "matrix_note": (
        "Each mark is a case and leads to it; behind the marks, samples as expected.",
        "每个符号是一个用例，点击直达；其后是符合预期的样本数。",
    ),
    "behavior": ("behavior", "行为"),
    "role": ("role", "角色"),
    "trait": ("trait", "特征"),
    "flips": ("What changed", "变化"),
    "flips_note": (
        "Cases with another count of samples as expected, the greatest loss first.",
        "符合预期的样本数有变化的用例，损失最大的在前。",
    ),
    "no_flips": ("No case has another count than before.", "没有用例的计数发生变化。"),
    "more_samples": ("more samples", "个其他样本"),
    "more_cases": ("more cases", "个其他用例"),
    "texts_differ": ("cases say something else than before", "个用例的文本与之前不同"),
    "case": ("case", "用例"),
    "before": ("before", "之前"),
    "now": ("now", "现在"),
    "relations": ("Relations between roles", "角色之间的关系"),
    "claim": ("what is compared", "比较内容"),
    "order": ("order", "次序"),
    "plots": ("Plots", "图表"),
    "rates": ("Pass rate of behaviors", "各行为的通过率"),
    "trait_rates": ("Pass rate of traits", "各特征的通过率"),
    "ends": ("Loops and cut-off replies", "循环与截断"),
    "loop": ("loop", "循环"),
    "answer_length": ("Length of answers, tokens", "回答长度（词元）"),
    "thinking_length": ("Length of thinking, tokens", "思考长度（词元）"),
    "lengths_note": (
        "The scale is logarithmic; the area of a bar is its share of the samples.",
        "横轴为对数刻度；条形面积为样本所占比例。",
    ),
    "median": ("median", "中位数"),
    "scatter": ("Each case before and now", "每个用例：之前与现在"),
    "scatter_note": (
        "Below the line is worse than before; the area tells how many cases.",
        "线下方为退步；面积表示用例数。",
    ),
    # cases
    "details": ("Cases", "用例详情"),
    "prompt": ("prompt", "提示"),
    "sample": ("sample", "样本"),
    "seed": ("seed", "种子"),
    "tokens": ("tokens", "词元"),
    "thinking": ("thinking", "思考"),
    "answer": ("answer", "回答"),
    "nothing": ("(nothing)", "（空）"),
    "unchanged": ("same as before", "与之前相同"),
    "no_sample": ("no such sample", "无此样本"),
    "again": ("Run it again", "重新运行"),
    "permalink": ("link to this case", "本用例的链接"),
    "of": ("of", "/"),
    "at_least": ("at least", "至少"),
    "left_out": ("characters left out", "个字符未显示"),
    "in_record": ("the record has them", "见记录"),
    "show_all": ("show all", "显示全文"),
    # filters and help
    "filters": ("Filters", "筛选"),
    "failed": ("failed", "未达"),
    "flaky": ("flaky", "不稳定"),
    "all": ("all", "全部"),
    "search": ("search texts and names", "搜索文本与名称"),
    "shown": ("shown", "显示"),
    "clear": ("clear", "清除"),
    "theme": ("Theme", "主题"),
    "auto": ("auto", "自动"),
    "light": ("light", "浅色"),
    "dark": ("dark", "深色"),
    "keys": ("Keys", "快捷键"),
    "key_j": ("next prompt", "下一个提示"),
    "key_k": ("previous prompt", "上一个提示"),
    "key_slash": ("search", "搜索"),
    "key_x": ("open or close everything in the prompt", "展开或收起该提示下的全部内容"),
    "key_d": ("light or dark", "浅色或深色"),
    "key_question": ("these keys", "显示快捷键"),
    # notes
    "note": ("note", "备注"),
    "accept": ("accept", "接受"),
    "reject": ("reject", "拒绝"),
    "undecided": ("undecided", "未定"),
    "download": ("Download notes", "下载备注"),
    "made_by": (
        "Made from a record by pytest-qwen; nothing is loaded from elsewhere.",
        "由 pytest-qwen 根据记录生成；不从任何地方加载内容。",
    ),
}
"""Every text by name: English, Chinese."""


def words(language: Language) -> SimpleNamespace:
    """Return the texts of one language as attributes: a dict's own methods would hide some."""
    at = LANGUAGES.index(language)
    return SimpleNamespace(**{name: said[at] for name, said in WORDS.items()})
