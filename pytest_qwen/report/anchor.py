"""Where a case stands in the page: `report.html#t=greeting.instruct-zh`."""

from __future__ import annotations

import hashlib
import re

_YAML = re.compile(r"[^\[]*\.ya?ml::([A-Za-z0-9_]{1,80})\[([A-Za-z0-9._-]{1,80})\]")


def anchor(case: str) -> str:
    """Return a case's place in the page: ASCII, the same in every run.

    The name of a behavior is enough, since no suite has it twice; of any other id, a hash makes
    sure of that.

    >>> anchor("behaviors/greeting.yaml::greeting[instruct-zh]")
    't=greeting.instruct-zh'
    """
    if plain := _YAML.fullmatch(case):
        return f"t={plain[1]}.{plain[2]}"
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", case.rpartition("::")[2])[:60].strip("-")
    digest = hashlib.sha256(case.encode("utf-8", "replace")).hexdigest()[:8]
    return f"t={slug}-{digest}"
