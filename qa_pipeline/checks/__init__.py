"""Checks, one file each: a function `check(view, *, parameters...)` that decides one criterion.

The file's name is the check's name, its docstring is what QA people read, its keyword arguments are what a scorecard
may set. Helpers that several checks share start with an underscore.
"""
