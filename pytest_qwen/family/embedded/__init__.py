"""The tiny family: three real Qwen3 checkpoints of a million parameters each.

`base/`, `instruct/` and `reasoning/` beside this file are ordinary Hugging Face directories;
recipes/tiny makes them, docs/tiny-family.md is their card.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the checkpoints are."""
