"""Replies in, verdicts out: of a case, of related prompts, of roles compared, of a line."""
