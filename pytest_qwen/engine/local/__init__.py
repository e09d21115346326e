"""The local engine: transformers models on this machine. Nothing outside imports torch."""
