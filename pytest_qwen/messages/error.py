"""The error that ends a command, or a run, with one line."""


class CommandError(Exception):
    """What keeps a command from its work. Its text is the line that the user sees."""
