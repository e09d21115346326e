"""What is shown of a run: progress, and rows of pytest-html."""
