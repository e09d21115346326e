"""Processes that work on what strangers wrote, their time and memory bounded by the system."""
