"""Metadata in file names: regular expressions whose named groups are the names of CallMeta."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import regex

from qa_pipeline.archive.fields import NAMES, tidy
from qa_pipeline.domain import ArchiveError, ConfigurationError, Problem

_TIMEOUT_S = 0.2

Patterns = tuple[regex.Pattern[str], ...]


def compile_patterns(patterns: Sequence[str]) -> Patterns:
    """The patterns, ready to use. Raises ConfigurationError that lists every fault in every pattern."""
    compiled: list[regex.Pattern[str]] = []
    problems: list[Problem] = []
    for number, pattern in enumerate(patterns, start=1):
        where = f"file-name pattern {number} ({pattern})"
        try:
            compiled.append(regex.compile(pattern))
        except (regex.error, ValueError, RecursionError) as error:
            problems.append(Problem(where=where, message=f"no regular expression: {error}"))
            continue
        groups = compiled[-1].groupindex
        if not groups:
            problems.append(Problem(where=where, message="has no named group such as (?P<agent_id>...)"))
        problems += [
            Problem(where=where, message=f"group {name!r} is none of {', '.join(NAMES)}")
            for name in groups
            if name not in NAMES
        ]
    if problems:
        raise ConfigurationError("The file-name patterns cannot be used.", problems=problems, code="patterns")
    return tuple(compiled)


def from_name(patterns: Patterns, path: str) -> dict[str, str]:
    """What the patterns find in the file's name or, where that fails, in its path within the archive.

    Earlier patterns win. Raises ArchiveError `pattern_timeout`.
    """
    said: dict[str, Any] = {}
    name = path.rpartition("/")[2]
    for pattern in patterns:
        try:
            match = pattern.search(name, timeout=_TIMEOUT_S) or pattern.search(path, timeout=_TIMEOUT_S)
        except TimeoutError as error:
            raise ArchiveError(
                f"The file-name pattern {pattern.pattern} took longer than {_TIMEOUT_S} s.",
                code="pattern_timeout",
                hint="Nested repetitions such as (a+)+ are the usual cause.",
            ) from error
        if match:
            said = {name: text for name, text in match.groupdict().items() if text} | said
    if "started_at" in said:
        said["started_at"] = _as_iso(said["started_at"])
    return tidy(said)


def _as_iso(text: str) -> str:
    """Dates as telephone systems write them into names (20261121-093000, seconds since 1970) as ISO 8601, in UTC.

    >>> _as_iso("20261121-093000"), _as_iso("1590861705"), _as_iso("2026-11-21T09:30:00Z")
    ('2026-11-21T09:30:00+00:00', '2020-05-30T18:01:45+00:00', '2026-11-21T09:30:00Z')
    """
    digits = text.replace("-", "").replace("_", "")
    try:
        if digits.isdecimal() and len(digits) == 14:
            return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC).isoformat()
        if text.isdecimal() and len(text) == 10:
            return datetime.fromtimestamp(int(text), UTC).isoformat()
    except ValueError:
        pass  # whoever reads the value says what is wrong with it
    return text
