"""Traits and measures: what judges a reply, by name."""
