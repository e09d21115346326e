"""The nouns of the project, in plain Python: no pytest, no torch, no network."""
