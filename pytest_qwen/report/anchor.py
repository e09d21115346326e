"""Where a case stands in the page: `report.html#t=greeting.instruct-zh`."""

from __future__ import annotations

import hashlib
import re

from pytest_qwen.record.node_id import NodeId

_SHORT = re.compile(r"[A-Za-z0-9_]{1,80} [A-Za-z0-9._-]{1,80}")


def anchor(case: str) -> str:
    """Return a case's place in the page: ASCII, the same in every run.

    The name of a behavior is enough, since no suite has it twice; of any other id, a hash makes
    sure of that.

    >>> anchor("behaviors/greeting.yaml::greeting[instruct-zh]")
    't=greeting.instruct-zh'
    """
    node = NodeId.parse(case)
    if node.path.endswith((".yaml", ".yml")) and _SHORT.fullmatch(f"{node.name} {node.parameters}"):
        return f"t={node.name}.{node.parameters}"
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{node.behavior}-{node.parameters or ''}")[:60].strip(
        "-"
    )
    digest = hashlib.sha256(case.encode("utf-8", "replace")).hexdigest()[:8]
    return f"t={slug}-{digest}"
