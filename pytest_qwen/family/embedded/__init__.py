"""The tiny family: three real Qwen3 checkpoints of a million parameters, and their recipe.

`base/`, `instruct/` and `reasoning/` beside this file are ordinary Hugging Face directories.
`python -m pytest_qwen.family.embedded.train` makes them again; docs/tiny-family.md is their card.
Importing this package loads neither torch nor transformers.
"""
