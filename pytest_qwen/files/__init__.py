"""Files that people and models write, read safely, with lines; written whole or not at all."""
