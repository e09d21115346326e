"""A gate's decision as JUnit XML: one testcase a gated name, one for the gate as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from pytest_qwen.gate.table import headline, rates
from pytest_qwen.messages.visible import visible

NAME = "pytest-qwen gate"


def junit(gate: Mapping[str, Any]) -> bytes:
    """Return the XML.

    REGRESSED and INCONCLUSIVE are failures, since neither lets the candidate pass; INVALID is an
    error. What was found besides the averages fails the testcase `gate`.
    """
    suite = ET.Element("testsuite", name=NAME)
    _add(suite, "gate", gate["verdict"], "\n".join([headline(gate), *gate["reasons"]]))
    for row in gate["gated"]:
        told = f"{rates(row)}, p = {row['p_adjusted']:.2g}"
        _add(suite, row["name"], row["verdict"], told)
    for kind in ("failure", "error"):
        suite.set(f"{kind}s", str(len(suite.findall(f"testcase/{kind}"))))
    suite.set("tests", str(len(suite)))
    suite.set("skipped", "0")
    root = ET.Element("testsuites")
    root.append(suite)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _add(suite: ET.Element, name: str, verdict: str, told: str) -> None:
    case = ET.SubElement(suite, "testcase", classname="gate", name=visible(name), time="0")
    text = visible(told)
    if verdict in ("PASS", "MINOR"):
        ET.SubElement(case, "system-out").text = f"{verdict}: {text}"
        return
    kind = "error" if verdict == "INVALID" else "failure"
    first = text.partition("\n")[0]
    ET.SubElement(case, kind, type=verdict, message=first).text = text
