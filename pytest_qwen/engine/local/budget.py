"""A thinking budget: a thought that is still open when it is used up is closed for the model.

The recipe is Qwen's own (https://qwen.readthedocs.io/en/latest/getting_started/quickstart.html,
"Thinking Budget"): generate up to the budget; if the block is still open, append a sentence and
the closing tag, and go on. Here a row is made to take these tokens one by one, so that they are
part of its text like any other, in any lane and any batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

CLOSING = (
    "\n\nConsidering the limited time by the user, I have to give the solution based on the "
    "thinking directly now.\n{close}\n\n"
)
"""What Qwen's recipe appends; the models know this sentence, so that it is not to be changed."""


@dataclass(frozen=True)
class Budget:
    """A budget of new tokens, and the ids that close a thought when it is used up.

    `open` and `close` are the ids of the tags, the second is among `closing`; `opened` is whether
    the prompt has opened the block. `tool` is the id that begins a tool call, which ends a thought
    as well.
    """

    tokens: int
    closing: Sequence[int]
    open: int
    close: int
    opened: bool
    tool: int | None = None

    def forced(self, new: Sequence[int]) -> int | None:
        """Return the token that must follow the new ones, None where the model is free."""
        at = len(new) - self.tokens
        return self.closing[at] if 0 <= at < len(self.closing) and self._cuts(new) else None

    def n_forced(self, new: Sequence[int]) -> int:
        """Return how many of the new tokens were forced; none if the thought was not cut."""
        n = min(len(new) - self.tokens, len(self.closing))
        return n if n > 0 and self._cuts(new) else 0

    def n_forced_thinking(self, new: Sequence[int]) -> int:
        """Return how many of the forced tokens stand in the thought, before its closing tag."""
        return min(self.n_forced(new), self.closing.index(self.close))

    def _cuts(self, new: Sequence[int]) -> bool:
        """Say whether the block is open when the budget is used up."""
        tags = {self.open, self.close, self.tool}
        last = next((token for token in reversed(new[: self.tokens]) if token in tags), None)
        return self.opened if last is None else last == self.open
