"""Two records brought together: what each has, and what both have in common."""
