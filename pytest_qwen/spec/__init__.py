"""Behavior files, validated, and the cases and relations that they declare."""
