"""Families: which checkpoint plays which role, and where it lies."""
