"""The command `pytest-qwen`: a module a command."""
