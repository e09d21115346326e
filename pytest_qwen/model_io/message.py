"""One message of a conversation."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from pytest_qwen.files.fields import STRICT


class Message(BaseModel):
    """One message of a conversation, as chat templates take it."""

    model_config = STRICT

    role: Literal["system", "user", "assistant", "tool"]
    content: str
