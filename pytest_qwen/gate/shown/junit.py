"""A gate's decision as JUnit XML: one testcase a gated name, one for the gate as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from pytest_qwen.gate.artifact import Artifact
from pytest_qwen.gate.outcome import EXIT, Outcome
from pytest_qwen.gate.shown.wording import headline, rates
from pytest_qwen.messages.reason import Language, Reason, in_language
from pytest_qwen.messages.visible import visible

NAME = "pytest-qwen gate"


def junit(gate: Artifact, language: Language = "en") -> bytes:
    """Return the XML with messages in a language.

    REGRESSED and INCONCLUSIVE are failures, since neither lets the candidate pass; INVALID is an
    error. What was found besides the averages, and relations that were lost, stand in the
    testcase `gate`.
    """
    suite = ET.Element("testsuite", name=NAME)
    whole = [headline(gate), *gate.reasons, *_lost(gate)]
    _add(suite, "gate", gate.verdict, "\n".join(in_language(text, language) for text in whole))
    for row in gate.gated:
        change = Reason("gate.rates_with_p", rates=rates(row), p=row.p_adjusted)
        _add(suite, row.name, row.verdict, in_language(change, language))
    for kind in ("failure", "error"):
        suite.set(f"{kind}s", str(len(suite.findall(f"testcase/{kind}"))))
    suite.set("tests", str(len(suite)))
    suite.set("skipped", "0")
    root = ET.Element("testsuites")
    root.append(suite)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _lost(gate: Artifact) -> Iterator[Reason]:
    if gate.lost:
        yield Reason("gate.relations_lost", shown=len(gate.lost), total=gate.lost_total)
    for relation in gate.lost:
        yield Reason("gate.lost_relation", case=relation.case, message=relation.text)


def _add(suite: ET.Element, name: str, verdict: Outcome | None, message: str) -> None:
    case = ET.SubElement(suite, "testcase", classname="gate", name=visible(name), time="0")
    text = visible(message)
    if verdict is None or EXIT[verdict] == 0:
        ET.SubElement(case, "system-out").text = f"{verdict}: {text}"
        return
    kind = "error" if verdict == Outcome.INVALID else "failure"
    first = text.partition("\n")[0]
    ET.SubElement(case, kind, type=verdict, message=first).text = text
