"""Detectors, one file each: what a transcript and the measurements say about a call."""
