"""The words that behavior files, records and code share."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["base", "instruct", "reasoning"]
"""How a checkpoint is prompted, and what is expected of it."""
ROLES: tuple[Role, ...] = get_args(Role)

As = Literal["text", "chat"]
"""A prompt as a bare continuation, or through the chat template."""
PROMPT_AS: dict[Role, As] = {"base": "text", "instruct": "chat", "reasoning": "chat"}
"""How a role is prompted where a behavior does not say."""

Of = Literal["answer", "thinking", "text"]
"""The part of a reply that a trait judges."""

Capability = Literal[
    "seeds", "exact_text", "token_ids", "log_probabilities", "thinking", "special_tokens"
]
"""What an engine may promise of its replies.

`seeds`: the same seed draws the same text. `exact_text`: a text does not depend on what else is
generated. `token_ids` and `log_probabilities` are known. `thinking` and answer are told apart.
`special_tokens` inside a text are visible.
"""
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)

How = Literal["all", "any", "not", "none"]
"""How checks are combined."""
