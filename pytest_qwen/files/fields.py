"""The kinds of text that keys of a spec hold, and how mappings are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue, StrictFloat, StrictInt, StrictStr
from pydantic_core import PydanticCustomError, core_schema


@dataclass(frozen=True)
class Like:
    """Annotates a text that must match a pattern; `words` are what a message expects."""

    pattern: str
    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> Any:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}

    def _check(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise PydanticCustomError("like", "{words}", {"words": self.words})
        return text


Identifier = Annotated[
    str, Like("[A-Za-z_][A-Za-z0-9_]{0,79}", "at most 80 ASCII letters, digits and _")
]
Name = Annotated[
    str,
    Like(
        "(?!pytest|setup|teardown)[A-Za-z][A-Za-z0-9_]{0,79}",
        "at most 80 ASCII letters, digits and _, not beginning with _, pytest, setup or teardown",
    ),
]
Slug = Annotated[
    str, Like("[A-Za-z0-9][A-Za-z0-9._-]{0,79}", "at most 80 ASCII letters, digits and . _ -")
]
Switches = Annotated[
    dict[
        Annotated[
            str,
            Like(
                "(?!messages$|add_generation_prompt$)[A-Za-z_][A-Za-z0-9_]{0,79}",
                "a name that the chat template reads, not what the prompt itself fills",
            ),
        ],
        JsonValue,
    ],
    Field(description="Variables of the chat template, such as `enable_thinking`."),
]
Value = StrictStr | StrictInt | StrictFloat

STRICT = ConfigDict(extra="forbid", frozen=True)
"""How every mapping of a spec is read: all its keys are known."""
