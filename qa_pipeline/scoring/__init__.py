"""Scorecards: read, evaluate, fold."""
