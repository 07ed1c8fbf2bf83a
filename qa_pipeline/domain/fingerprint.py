"""Fingerprints: the same inputs give the same key, on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime


def fingerprint(*parts: object) -> str:
    """SHA-256 (hex) over values, order kept; mappings by sorted key, dataclasses by field name.

    >>> fingerprint("a", 1) == fingerprint("a", 1)
    True
    >>> fingerprint({"x": 1, "y": 2}) == fingerprint({"y": 2, "x": 1})
    True
    """
    text = json.dumps([_plain(part) for part in parts], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    message = f"no fingerprint for {type(value).__name__}"
    raise TypeError(message)
