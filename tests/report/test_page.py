"""The page as a file: whole without a script, inert whatever a record says, in two languages."""

import json
import re
from html.parser import HTMLParser
from itertools import cycle

import pytest
from jinja2 import nodes

from pytest_qwen.messages.reason import Reason, catalog
from pytest_qwen.messages.visible import visible
from pytest_qwen.report import page_of
from pytest_qwen.report.anchor import anchor
from pytest_qwen.report.page import FOLDER, _environment
from tests.report.hostile import PAYLOADS, lines
from tests.report.records import case, record, sample
from tests.report.test_command import gate


class Parsed(HTMLParser):
    """The elements of a page with the names of their attributes, the values, and the texts."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.values, self.texts, self.tags = [], [], [], []
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.tags.append((tag, dict(attrs)))
        self.values += [value for _, value in attrs]

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)


def hostile(tmp_path, name, say):
    run, samples = lines(say)
    header = {"kind": "run", "schema": 1, **run}
    path = tmp_path / name
    data = [header, *samples, {"kind": "end", "expected": [say()], "reported": []}]
    path.write_text("\n".join(map(json.dumps, data)) + "\n", encoding="utf-8")  # escapes are ASCII
    return path


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
@pytest.mark.parametrize("two", [False, True], ids=["one", "two"])
def test_a_payload_in_every_field_makes_no_element(tmp_path, payload, two):
    """The elements and attributes are those of a page with harmless texts of the same length."""
    count = iter(range(10_000))

    def plain(text):
        return lambda: f"{next(count):04d}{text}"

    pages = []
    for name, text in (("bad", payload), ("good", "z" * len(payload))):
        now = hostile(tmp_path, name, plain(text))
        was = hostile(tmp_path, f"{name}2", plain(text)) if two else None
        pages.append(Parsed(page_of(now, was)))
    bad, good = pages
    assert bad.elements == good.elements
    if len(payload) < 100:
        assert visible(payload.encode("utf-8", "replace").decode()) in bad.text


def test_nothing_of_a_record_becomes_an_address(tmp_path):
    """Links lead into the page only; nothing is loaded from anywhere."""
    say = cycle(PAYLOADS)
    page = Parsed(page_of(hostile(tmp_path, "bad", lambda: next(say))))
    links = [attrs["href"] for tag, attrs in page.tags if "href" in attrs]
    assert links
    assert all(re.fullmatch(r"#[A-Za-z0-9._=-]+", link) for link in links)
    assert not any(
        {"src", "action", "srcset", "poster", "data", "style"} & attrs.keys()
        for _, attrs in page.tags
    )
    assert [name for _, attrs in page.tags for name in attrs if name.startswith("on")] == []


def test_the_policy_names_the_script_and_the_style(tmp_path):
    """The policy forbids everything but one script and one style, by their hashes."""
    import base64
    import hashlib

    page = page_of(record(tmp_path / "r", sample())).decode()
    policy = Parsed(page.encode()).tags
    content = next(
        a["content"] for _, a in policy if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert content.startswith("default-src 'none'; ")
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in content


def test_one_record(tmp_path):
    """Rates, completeness, every sample with its verdicts, the line in the YAML and the command."""
    lines_ = [sample("你好！", number=0), sample("再见。", passed=False, number=1)]
    page = Parsed(page_of(record(tmp_path / "r", *lines_, expected=["b.yaml::late[base-p]"])))
    text = re.sub(r"\s+", " ", page.text)
    assert "✗ 1/2 starts_with 你 · behaviors/greets.yaml:9" in text
    assert "你好！" in text
    assert "再见。" in text
    assert "2 expected · 1 observed · 1 missing" in text
    assert "b.yaml::late[base-p]" in text
    assert f"pytest '{case()}'" in text
    ids = {attrs.get("id") for _, attrs in page.tags}
    assert {anchor(case()), f"{anchor(case())}.0", f"{anchor(case())}.1"} <= ids


def test_what_was_skipped_is_neither_a_sample_nor_met(tmp_path):
    """Nothing was asked."""
    skip = {"reply": False, "verdicts": [], "error": {"kind": "skipped", "message": "lacks code"}}
    lines = [
        sample(passed=False),
        *(sample(behavior="lazy", prompt=f"p{n}", **skip) for n in range(3)),
    ]
    text = " ".join(Parsed(page_of(record(tmp_path / "r", *lines), None, "en")).text.split())
    assert "4 cases · 1 sample" in text
    assert "0–79 % · 0/1 cases met" in text
    assert "3 skipped" in text
    assert "0/0" not in text


def test_combinations_are_named_by_what_they_hold(tmp_path):
    """In the plot and in the evidence; each trait inside can be filtered by."""
    verdict = {"passed": False, "evidence": {"got": "it"}}
    either = ["run_on_turns", {"all": [{"finish": "length"}, {"regex": "b", "of": "text"}]}]
    data = [
        {**verdict, "trait": "not", "args": "continuation_loop"},
        {**verdict, "trait": "any", "args": either},
    ]
    page = Parsed(page_of(record(tmp_path / "r", sample(verdicts=data))))
    for name in ("not continuation_loop", "any of (run_on_turns, all of (finish, regex))"):
        assert f"✗ {name}: it" in page.text
        assert name in page.texts, "a row of the plot"
    traits = ["continuation_loop", "finish", "regex", "run_on_turns"]
    assert " ".join(traits) in page.values
    start = page.texts.index(traits[0])
    assert page.texts[start : start + 4] == traits, "options of the filter"


def test_two_records(tmp_path):
    """What changed comes first; words that came and went are marked in the texts."""
    was = record(tmp_path / "w", sample("结论：水稻是一种粮食。"))
    now = record(tmp_path / "n", sample("结论：水稻是两种粮食。", passed=False))
    page = page_of(now, was).decode()
    assert "<del>一</del>" in page
    assert "<ins>两</ins>" in page
    text = re.sub(r"\s+", " ", Parsed(page.encode()).text)
    assert "What changed" in text
    assert re.search(r"greets zh\s*instruct\s*1/1\s*0/1\s*regressed", text)
    assert text.index("What changed") < text.index("Behaviors and roles")


def test_equal_texts_are_shown_once(tmp_path):
    """Where nothing changed a reviewer reads one text, folded."""
    was, now = (record(tmp_path / name, sample("一样的话。")) for name in "wn")
    assert page_of(now, was).decode().count("一样的话。") == 1


def test_a_loop_is_shown_once(tmp_path):
    """The span, and how often it came."""
    text = "水稻是粮食。" * 37
    loop = {"of": "text", "spans": [[0, 222]], "unit": text[:6], "count": 37, "period": 6}
    page = page_of(record(tmp_path / "r", sample(text, finish="length", loop=loop))).decode()
    assert page.count("水稻是粮食。") == 1
    assert re.search(r'<mark class="loop">水稻是粮食。</mark><i class="gap">×37 … 216 ', page)


def test_an_unfinished_run_is_no_pass(tmp_path):
    """The seal says so, and the page why."""
    page = Parsed(page_of(record(tmp_path / "r", sample(), end=False)))
    assert "!incomplete" in page.text
    assert "The run was cut off" in page.text


def test_the_page_speaks_chinese(tmp_path):
    """Its own words are Chinese, and none is left in English."""
    page = page_of(record(tmp_path / "r", sample()), language="zh").decode()
    assert '<html lang="zh">' in page
    assert "行为与角色" in page
    assert "Behaviors and roles" not in page


def test_facts_and_counts_follow_the_language(tmp_path):
    """Labels of the record's facts are Chinese there, and one token is no plural."""
    path = record(tmp_path / "r", sample("好"))
    page = page_of(path, language="zh").decode()
    (facts,) = re.findall("关于记录</summary>(.*?)</details>", page, re.DOTALL)
    labels = re.findall("<dt>(.*?)</dt>", facts)
    english = [label for label in labels if not re.search("[\u4e00-\u9fff]", label)]
    assert set(english) <= {"sha256", "instruct"}
    assert "1 个词元" in page
    assert "1 token " in page_of(path).decode()


def test_english_on_a_chinese_page_is_said_to_be(tmp_path):
    """Evidence, errors and the gate's reasons, so that they are read aloud and set as English."""
    lines_ = [
        sample(),
        sample(passed=False, number=1),
        sample(prompt="b", reply=False, verdicts=[], error={"kind": "oom", "message": "full"}),
    ]
    was, now = (record(tmp_path / name, *lines_) for name in ("was.jsonl", "now.jsonl"))
    gate(tmp_path)
    page = page_of(now, was, "zh", tmp_path / "gate.json").decode()
    for text in ("✓ starts_with: it", "✗ starts_with: it", "! oom: full", "&lt;/h2&gt;"):
        assert re.search(rf'<\w+[^>]* lang="en">{text}', page), text
    english = page_of(now, was, "en", tmp_path / "gate.json").decode()
    assert english.count('lang="en"') == 1, "the page itself"


def test_evidence_with_a_code_is_chinese_on_the_chinese_page(tmp_path):
    """In one paragraph a language; what has no code, or one of another release, is English."""
    reason = Reason("preflight.switch", name="x")
    coded = {"got": str(reason), "reason": reason.to_json()}
    foreign = {"got": "as ever", "reason": {"code": "future.code", "values": {}}}
    evidence = [
        (coded, False),
        (coded, True),
        (coded, None),
        ({"got": "it"}, True),
        (foreign, True),
    ]
    verdicts = [
        {"trait": f"t{i}", "passed": passed, "evidence": data}
        for i, (data, passed) in enumerate(evidence)
    ]
    path = record(tmp_path / "r", sample(verdicts=verdicts))
    page = page_of(path, None, "zh").decode()
    assert '<p class="why no">✗ t0：开关 x</p>' in page
    assert '<p class="why no">✗ t2：开关 x</p>' in page  # cut off: a miss
    assert '<p class="why">✓ t1：开关 x</p>' in page
    assert '<p class="why" lang="en">✓ t3: it\n✓ t4: as ever</p>' in page
    english = page_of(path).decode()
    assert '<p class="why no">✗ t0: switch x</p>' in english


def test_a_chinese_page_has_chinese_marks(tmp_path):
    """Full-width ones behind Chinese words, in headings and in what is read aloud."""
    from tests.report.test_against import stray

    was, now = (
        record(tmp_path / name, stray("早", finish="length"), stray("x" * 30_000, number=1))
        for name in ("was.jsonl", "now.jsonl")
    )
    gate(tmp_path)
    page = Parsed(page_of(now, was, "zh", tmp_path / "gate.json"))
    assert "门禁：候选不可替换基线" in page.text
    data = [page.text, *(value or "" for value in page.values)]
    assert not any(re.search(r"[\u4e00-\u9fff][:,;.](\s|$)", text) for text in data)


def test_sentences_end_as_each_language_ends_them():
    """A word is a word in both, a sentence a sentence."""
    for code, texts in catalog("page").items():
        assert texts["en"].endswith(".") == texts["zh"].endswith("。"), code


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.jinja")), ids=lambda path: path.name)
def test_templates_compute_nothing(path):
    """No filter, no arithmetic, no slice, no call but of words and macros: view models do that."""
    template = _environment().parse(path.read_text(encoding="utf-8"))
    computing = nodes.Filter | nodes.Slice | nodes.BinExpr | nodes.Concat | nodes.Test
    assert [
        node.lineno for node in template.find_all(nodes.Node) if isinstance(node, computing)
    ] == []
    for call in template.find_all(nodes.Call):
        owner = call.node.node if isinstance(call.node, nodes.Getattr) else call.node
        assert isinstance(owner, nodes.Name), call.lineno
        assert owner.name in {"t", "m", "s", "caller"} | macros_of(template), call.lineno
    for compared in template.find_all(nodes.Operand):
        assert compared.op == "eq", compared.lineno


def macros_of(template):
    return {macro.name for macro in template.find_all(nodes.Macro)}


def test_an_empty_record_makes_a_page(tmp_path):
    """A run that wrote nothing but its header is shown as incomplete."""
    path = tmp_path / "r"
    path.write_text('{"kind": "run", "schema": 2}\n', encoding="utf-8")
    assert "incomplete" in Parsed(page_of(path)).text


@pytest.mark.parametrize(
    ("node", "other"),
    [
        ("a.py::test[x y]", "a.py::test[x-y]"),
        ("a.py::t[<b>]", "a.py::t[-b-]"),
        ("a.py::t", "b.py::t"),
    ],
)
def test_anchors_are_unique_and_plain(node, other):
    """Whatever an id holds, its place is ASCII without quotes, and no other case's."""
    assert anchor(node) != anchor(other)
    assert re.fullmatch(r"t=[A-Za-z0-9._-]+", anchor(node))


def test_relations_between_roles(tmp_path):
    """A claim that no longer holds counts as regressed, and is no missing case."""
    pages = []
    for name, passed in (("w", True), ("n", False)):
        claim = {
            "kind": "comparison",
            "case": "b/ladder.yaml::ladder[rate-x]",
            "behavior": "ladder",
        }
        claim |= {"claim": "rate of x", "order": "base < instruct", "line": 7, "passed": passed}
        pages.append(record(tmp_path / name, sample(), claim))
    page = Parsed(page_of(pages[1], pages[0]))
    assert "1regressed" in page.text
    assert "2 expected · 2 observed · 0 missing" in re.sub(r"\s+", " ", page.text)
    assert re.search(r"rate of x\s*base < instruct\s*✓\s*✗", page.text)
    assert "1failed" in Parsed(page_of(pages[1])).text


@pytest.mark.parametrize(
    ("language", "products", "lane"),
    [
        ("en", "plain bfloat16 products, slower: ", "slot lane: a probe "),
        ("zh", "使用普通的 bfloat16 乘积，速度较慢：", "槽位通道：加"),
    ],
)
@pytest.mark.parametrize("end", [True, False], ids=["whole", "cut off"])
def test_the_page_says_which_lane_served_a_role_and_why(tmp_path, language, products, lane, end):
    """In its language, beside the checkpoint, also of a run that was cut off.

    A code that no catalog has is left out.
    """
    checkpoint = {"checkpoint": "some/model", "environment": "cpu float32"}
    lanes = ("lane.slot+lane.plain_products", "lane.of_a_later_release")
    samples = [sample(number=number, lane=text) for number, text in enumerate(lanes)]
    path = record(tmp_path / "r.jsonl", *samples, checkpoints={"instruct": checkpoint}, end=end)
    text = Parsed(page_of(path, language=language)).text
    assert f"some/model · cpu float32 · {products}" in text
    assert f" · {lane}" in text
