"""Helpers for tests, ours and those of plug-ins."""
