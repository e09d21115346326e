"""A gate's decision as JUnit XML: one testcase a gated name, one for the gate as a whole."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from pytest_qwen.gate.artifact import Artifact
from pytest_qwen.gate.outcome import EXIT, Outcome
from pytest_qwen.gate.wording import headline, rates
from pytest_qwen.messages.visible import visible

NAME = "pytest-qwen gate"


def junit(gate: Artifact) -> bytes:
    """Return the XML.

    REGRESSED and INCONCLUSIVE are failures, since neither lets the candidate pass; INVALID is an
    error. What was found besides the averages fails the testcase `gate`.
    """
    suite = ET.Element("testsuite", name=NAME)
    _add(suite, "gate", gate.verdict, "\n".join([headline(gate), *gate.reasons]))
    for row in gate.gated:
        _add(suite, row.name, row.verdict, f"{rates(row)}, p = {row.p_adjusted:.2g}")
    for kind in ("failure", "error"):
        suite.set(f"{kind}s", str(len(suite.findall(f"testcase/{kind}"))))
    suite.set("tests", str(len(suite)))
    suite.set("skipped", "0")
    root = ET.Element("testsuites")
    root.append(suite)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add(suite: ET.Element, name: str, verdict: Outcome | None, message: str) -> None:
    case = ET.SubElement(suite, "testcase", classname="gate", name=visible(name), time="0")
    text = visible(message)
    if verdict is None or EXIT[verdict] == 0:
        ET.SubElement(case, "system-out").text = f"{verdict}: {text}"
        return
    kind = "error" if verdict == Outcome.INVALID else "failure"
    first = text.partition("\n")[0]
    ET.SubElement(case, kind, type=verdict, message=first).text = text
