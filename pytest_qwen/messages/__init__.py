"""What people read: names, quotes, safe text, errors. No other room is imported here."""
