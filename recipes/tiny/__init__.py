"""The recipe of the tiny family: corpus, tasks, tokenizer, training, card, damaged copies.

`python -m recipes.tiny.train` makes the checkpoints again. Importing this package loads neither
torch nor transformers.
"""
