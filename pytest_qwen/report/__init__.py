"""The reviewers' page: one HTML file from one record, or from a baseline and a candidate."""
