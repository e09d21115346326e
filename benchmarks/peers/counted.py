"""How many tokens a model draws, for tools that only give their text."""

from __future__ import annotations

from typing import Any


class Counted:
    """Counts the tokens that a transformers model generates from now on."""

    def __init__(self, model: Any) -> None:
        self.tokens = 0
        generate = model.generate

        def counting(*args: Any, **options: Any) -> Any:
            out = generate(*args, **options)
            ids = getattr(out, "sequences", out)
            self.tokens += ids[:, options["input_ids"].shape[1] :].numel()
            return out

        model.generate = counting
