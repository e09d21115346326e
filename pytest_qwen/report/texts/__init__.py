"""Texts of replies in marked pieces: words that differ, loops, evidence."""
