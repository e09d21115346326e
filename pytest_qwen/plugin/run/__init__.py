"""The state of a run, what it opens, and what it asks for."""
