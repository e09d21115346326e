"""The local engine: transformers models on this machine. Nothing outside imports torch."""

from pytest_qwen.engine.local.engine import LocalEngine

__all__ = ["LocalEngine"]
