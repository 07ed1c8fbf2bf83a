"""Fitting the small heads from labelled text, and measuring them on text that they never saw."""
