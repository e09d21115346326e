"""Comparisons: what a spec may say, whom its relations ask what, and the message for what it may not."""

from __future__ import annotations

import pytest

from pytest_qwen.files.yaml_lines import SpecError
from pytest_qwen.model_io.reply import Reply
from pytest_qwen.spec.comparison import Comparison
from pytest_qwen.spec.library import Library
from pytest_qwen.spec.loading import load
from pytest_qwen.spec.relate import relate
from pytest_qwen.traits import registry
from pytest_qwen.traits.verdict import Part, Verdict

PREFIX = """\
behavior: prefix
prompts:
  - {id: a, text: "A: {prefix}"}
  - {id: b, text: "B: {prefix}"}
  - {id: c, text: "C: {prefix}"}
parameters: {prefix: [结论, Key]}
sweep: {temperature: [0, 1]}
samples: 2
seed: 5
stop_at: ["!"]
expect:
  instruct: [{starts_with: "{prefix}:"}]
prompt_as: {base: chat}
"""

PLAIN = """\
behavior: plain_{n}
prompts: [{{id: a, text: "say {{so}}"}}, {{id: b, text: b}}]
expect: {{base: [{{finish: length}}]}}
"""

LADDER = """\
behavior: ladder
compare:
  - rate: {behavior: prefix, trait: {starts_with: "{prefix}:"}}
    order: base < instruct <= reasoning
    margin: 0.8
  - measure: distinct_2
    behaviors: [plain_1, plain_2, plain_3, plain_4, plain_5]
    order: instruct<base
  - rate: {behavior: prefix, trait: {not: {starts_with: "{prefix}:"}}}
    order: instruct < base
  - {measure: {distinct_n: 3, of: text}, behavior: prefix, order: instruct < base}
  - {measure: {distinct_n: 3}, behavior: prefix, order: instruct < base}
  - {measure: {distinct_n: 2}, behavior: prefix, order: instruct < base}
"""


@pytest.fixture
def folder(tmp_path):
    """Two files of behaviors."""
    (tmp_path / "prefix.yaml").write_text(PREFIX, encoding="utf-8")
    plain = "---\n".join(PLAIN.format(n=n) for n in range(1, 7))
    (tmp_path / "plain.yaml").write_text(plain, encoding="utf-8")
    return tmp_path


def relations(folder, text=LADDER):
    (folder / "ladder.yaml").write_text(text, encoding="utf-8")
    read = []

    def read_file(path):
        read.append(path.name)
        return load(path, shown=path.name)

    (comparison,) = read_file(folder / "ladder.yaml")
    assert isinstance(comparison, Comparison)
    return relate(comparison, Library(sorted(folder.glob("*.yaml")), read_file))


def problems(folder, text):
    with pytest.raises(SpecError) as error:
        relations(folder, text)
    return str(error.value).splitlines()


def test_relations_are_items_with_ascii_ids(folder):
    """The id says what is compared; a second of the same name is numbered."""
    assert [relation.id for relation in relations(folder)] == [
        "rate-starts_with",
        "measure-distinct_2",
        "rate-not-starts_with",
        "measure-distinct_n",
        "measure-distinct_n-2",
        "measure-distinct_n-3",
    ]


def test_an_id_is_ascii_whatever_the_trait_is_called(folder, monkeypatch):
    """A trait of one's own may have a Chinese name; ids go into pages and file names."""
    traits = dict(registry.traits())
    monkeypatch.setattr(registry, "_traits", traits)

    @registry.trait
    def 押韵(part: Part) -> Verdict:  # noqa: N802
        return Verdict(True, "x")

    text = LADDER.replace('{not: {starts_with: "{prefix}:"}}', "{not: 押韵}")
    assert relations(folder, text)[2].id == "rate-not-own"


def test_a_relation_is_told_as_it_was_written(folder):
    """Claim, order, line, margin."""
    first, second, *_, last = relations(folder)
    assert (first.claim, first.order, first.line, first.margin) == (
        "rate of starts_with '{prefix}:'",
        "base < instruct <= reasoning",
        3,
        0.8,
    )
    assert (second.claim, second.order, second.confidence) == (
        "distinct_2",
        "instruct < base",
        0.95,
    )
    assert last.claim == "distinct_n 2"


def test_every_role_is_asked_every_prompt(folder):
    """Roles that the behavior does not expect anything of too, each as it is prompted."""
    first = relations(folder)[0]
    asks = first.asks()
    assert len(asks) == 3 * 3 * 2 * 2 * 2  # roles, prompts, parameters, sweep, samples
    assert {(r.role, r.prompt_as) for r in asks} == {
        ("base", "chat"),
        ("instruct", "chat"),
        ("reasoning", "chat"),
    }
    assert {r.seed for r in asks} == {5}
    assert {r.messages[0].content for r in asks} == {
        f"{x}: {prefix}" for x in "ABC" for prefix in ("结论", "Key")
    }
    assert len(first.asks(1)) == len(asks) / 2


def test_samples_and_seed_are_the_behaviors_own_unless_said(folder):
    """So that replies are shared with the behavior's cases; a comparison may want more of them."""
    own = relations(folder)[0].asks()[0]
    more = relations(folder, f"{LADDER}samples: 3\nseed: 9\n")[0].asks()
    assert (own.seed, own.sample) == (5, 0)
    assert [(r.seed, r.sample) for r in more[:4]] == [(9, 0), (9, 1), (9, 2), (9, 0)]


def test_the_unit_is_the_prompt_or_the_behavior(folder):
    """Points of a sweep are no new observation, and neither are prompts of one of many behaviors."""
    first, second, *_ = relations(folder)
    assert first.units == ["a-prefix0", "a-Key", "b-prefix0", "b-Key", "c-prefix0", "c-Key"]
    assert second.units == [f"plain_{n}" for n in range(1, 6)]
    assert (len(first.entries), len(second.entries)) == (12, 10)


def test_a_trait_is_filled_and_judges_the_cut_answer(folder):
    """Each prompt is scored with its own parameters, on what the behavior leaves of the answer."""
    first, second, negated, *_ = relations(folder)
    one, other = first.entries[0], first.entries[2]
    said = [Reply(text="", answer=answer) for answer in ("结论: x", "Key: x", "!结论:", "结论:!")]
    parts = one.cases["base"].parts(said)
    assert one.score(parts) == 0.5
    assert other.score(parts) == 0.25
    assert negated.entries[0].score(parts) == 0.5
    assert second.entries[0].score(one.cases["base"].parts(said[:1])) == 1.0


def test_a_file_is_read_only_when_it_can_matter(folder):
    """Files without the name are not parsed, so that one comparison alone is quick."""
    (folder / "other.yaml").write_text("a: [", encoding="utf-8")
    assert relations(folder)


def test_a_behavior_in_the_same_file_is_found(tmp_path):
    """A comparison may stand behind its behavior."""
    text = LADDER.partition("  - measure")[0]
    (tmp_path / "x.yaml").write_text(f"{PREFIX}---\n{text}", encoding="utf-8")

    def read_file(path):
        return load(path, shown=path.name)

    _, comparison = read_file(tmp_path / "x.yaml")
    assert len(relate(comparison, Library([tmp_path / "x.yaml"], read_file))) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("behavior: prefix, trait", "behavior: perfix, trait", "ladder.yaml:3: expected the name of a behavior, got 'perfix': did you mean 'prefix'?"),
        ("plain_2,", "ladder,", "ladder.yaml:7: expected the name of a behavior, got 'ladder': use one of plain_1, plain_2, plain_3, plain_4, plain_5, plain_6, prefix"),
        ("plain_2,", "plain_1,", "ladder.yaml:7: expected every behavior once, got 'plain_1' again"),
        ('{starts_with: "{prefix}:"}}\n    order: base', "{start_with: a}}\n    order: base", "ladder.yaml:3: expected a trait, got 'start_with': did you mean 'starts_with'?"),
        ('{starts_with: "{prefix}:"}}\n    order: base', "{starts_with: a, at_least: 1}}\n    order: base", "ladder.yaml:3: move `at_least` beside the outermost trait or combination: it counts samples"),
        ('{starts_with: "{prefix}:"}}\n    order: base', "{distinct_2: {at_least: 1}}}\n    order: base", "ladder.yaml:3: expected a trait of single samples, got distinct_2 {'at_least': 1}: compare the measure itself"),
        ('{prefix}:"}}\n    order: base', '{perfix}:"}}\n    order: base', "ladder.yaml:3: expected a parameter of prefix, got {perfix}: did you mean 'prefix'?"),
        ("measure: distinct_2", "measure: distnct_2", "ladder.yaml:6: expected a measure, got 'distnct_2': did you mean 'distinct_2'?"),
        ("{distinct_n: 3}", "{distinct_n: 0}", "ladder.yaml:12: expected distinct_n with n of 1 or more, got 0"),
        ("base < instruct <= reasoning", "base < instuct", "ladder.yaml:4: expected roles such as base < instruct <= reasoning, got 'base < instuct'"),
        ("base < instruct <= reasoning", "base", "ladder.yaml:4: expected roles such as base < instruct <= reasoning, got 'base'"),
        ("base < instruct <= reasoning", "base < base", "ladder.yaml:4: expected every role once, got 'base < base'"),
        ("base < instruct <= reasoning", "base < instruct", "ladder.yaml:5: expected a margin with <=, got <"),
        ("instruct<base", "instruct <= base", "ladder.yaml:8: expected < between roles of a measure, got <=: a measure has no bounds, so that no number of replies rules a drop out"),
        ("margin: 0.8", "margin: 0", "ladder.yaml:5: expected more than 0, got 0"),
        ("margin: 0.8", "magin: 0.8", "ladder.yaml:5: expected a known key, got 'magin': did you mean 'margin'?"),
        ("plain_5]", "plain_5]\n    rate: {behavior: prefix, trait: a}", "ladder.yaml:6: expected either `rate` or `measure`, got neither or both"),
        ("    behaviors: [plain_1, plain_2, plain_3, plain_4, plain_5]\n", "", "ladder.yaml:6: expected `behavior` or `behaviors` beside `measure`, got neither or both"),
        ("    margin: 0.8", "    behavior: plain_1", "ladder.yaml:3: expected `behavior` or `behaviors` inside `rate`, got neither or both"),
        ("plain_4, plain_5", "plain_4", "ladder.yaml:8: expected at least 5 behaviors, or one behavior, to be 95% sure, got 4: add some"),
        ("compare:", "confidence: 0.99\ncompare:", "ladder.yaml:5: expected at least 7 prompts to be 99% sure, got 6: add some"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_line(folder, old, new, message):
    """Each mistake is told where it is, with what was expected and the nearest name."""
    assert old in LADDER
    assert message in problems(folder, LADDER.replace(old, new, 1))


def test_a_parameter_must_be_one_of_every_behavior(folder):
    """A trait with `{prefix}` cannot judge prompts that have none."""
    text = LADDER.replace("behavior: prefix, trait", "behaviors: [prefix, plain_1], trait", 1)
    assert "ladder.yaml:3: expected a parameter of plain_1, got {prefix}" in problems(folder, text)


def test_braces_mean_themselves_without_parameters(folder):
    """As they do in the behavior."""
    text = LADDER.replace(
        "measure: distinct_2",
        "rate: {behaviors: [plain_1, plain_2, plain_3, plain_4, plain_5], trait: {contains: '{so}'}}",
    )
    text = text.replace("    behaviors: [plain_1, plain_2, plain_3, plain_4, plain_5]\n", "")
    entry = relations(folder, text)[1].entries[0]
    assert entry.score(entry.cases["base"].parts([Reply(text="", answer="say {so}")])) == 1.0


def test_two_behaviors_of_a_name_are_an_error(folder):
    """Both places are told."""
    (folder / "again.yaml").write_text("\n" + PREFIX, encoding="utf-8")
    assert problems(folder, LADDER)[0] == (
        "ladder.yaml:3: expected one behavior 'prefix', got it in again.yaml:2 and prefix.yaml:1"
    )


def test_a_mistake_in_the_behavior_is_told_there(folder):
    """The comparison alone names the line of the other file."""
    text = PREFIX.replace("samples: 2", "samples: two")
    (folder / "prefix.yaml").write_text(text, encoding="utf-8")
    assert problems(folder, LADDER)[0].startswith("prefix.yaml:8: expected ")


def test_few_prompts_are_refused_before_anything_is_generated(folder):
    """The example with two prompts cannot show a rise, whatever the replies are."""
    text = PREFIX.replace(
        '  - {id: b, text: "B: {prefix}"}\n  - {id: c, text: "C: {prefix}"}\n', ""
    )
    (folder / "prefix.yaml").write_text(text, encoding="utf-8")
    assert "ladder.yaml:4: expected at least 5 prompts to be 95% sure, got 2: add some" in problems(
        folder, LADDER
    )
