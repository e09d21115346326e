"""The local engine: transformers models on this machine. Nothing outside imports torch."""

from pytest_qwen.engine.local.engine import LocalEngine
from pytest_qwen.engine.local.memory import fits

__all__ = ["LocalEngine", "fits"]
