"""The record of a run: its lines, their writer and reader, and what is derived from them."""
