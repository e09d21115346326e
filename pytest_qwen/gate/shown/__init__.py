"""A decision for people and for CI: on a terminal, in Markdown, as JUnit XML."""
