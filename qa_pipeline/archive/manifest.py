"""The manifest: a table with one recording a row.

Comma, semicolon or tab between the columns; UTF-8 (with or without a mark at the start) or GB18030, as Excel
writes it. Columns: recording, and the names of CallMeta in any order; others are ignored. A recording is a path
relative to the archive or, failing that, to the manifest's folder, with slashes or
backslashes and exact case.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from qa_pipeline.archive.fields import NAMES, call_meta, plain_name, plain_text, tidy
from qa_pipeline.archive.folder import inside
from qa_pipeline.domain import ArchiveError, ConfigurationError, Problem

_MOST_LINES = 50  # lines that one row may span; beyond that a quote was never closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One good row. `line` counts from 1 with the header; `recording` is relative to the archive; `said` is tidy."""

    line: int
    recording: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """One row that is not taken. `recording` is what it names, relative to the archive where the file is there."""

    line: int
    recording: str
    call_id: str
    error: ArchiveError


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All rows of a manifest, each in one of the two."""

    rows: tuple[Row, ...] = ()
    refused: tuple[RefusedRow, ...] = ()


def read_manifest(path: Path, root: Path | None) -> Manifest:
    """The rows of the manifest for the archive at `root` (a resolved path).

    Without a root there is no sound: rows go by their call_id, and what they name as recording is as they say it.
    A bad row is refused and the others go on. Raises ConfigurationError when the file as a whole cannot be used.
    """
    lines = records(*_text_and_delimiter(path))
    header = _header(path, *next(lines, (1, [], False)), needed="recording" if root else "call_id")
    rows: list[Row] = []
    refused: list[RefusedRow] = []
    line_of_recording: dict[str, int] = {}
    line_of_call: dict[str, int] = {}
    for line, values, broken in lines:
        said = dict(zip(header, values, strict=False))
        recording, call_id = (plain_text(said.get(name, "")) for name in ("recording", "call_id"))
        try:
            recording = _locate(recording, path.parent, root) if root else recording
            _whole(line, broken=broken or any(value.strip() for value in values[len(header) :]))
            call_meta(tidy(said), call_id="")
            if root:
                _once(line_of_recording, recording, line, "duplicate_row")
            if call_id:
                _once(line_of_call, call_id, line, "duplicate_call_id")
        except ArchiveError as error:
            refused.append(RefusedRow(line=line, recording=recording, call_id=call_id, error=error))
            continue
        line_of_recording[recording] = line_of_call[call_id] = line
        rows.append(Row(line=line, recording=recording, said=tidy(said)))
    return Manifest(rows=tuple(rows), refused=tuple(refused))


def _text_and_delimiter(path: Path) -> tuple[str, str]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror or error}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text.lstrip().partition("\n")[0]
        return text, max(",;\t", key=first.count)
    raise _unusable(path, "is neither UTF-8 nor GB18030; save it as 'CSV UTF-8'")


def _header(path: Path, line: int, values: list[str], broken: bool, *, needed: str) -> list[str]:
    names = [plain_name(name) for name in values]
    twice = sorted({name for name in names if name in {"recording", *NAMES} and names.count(name) > 1})
    messages = [f"column {name!r} stands there twice" for name in twice]
    if broken:
        messages.append("the header line has quotes that do not close")
    if needed not in names:
        there = f"the first line has: {', '.join(names)[:200]}" if names else "it is empty"
        messages.append(f"no column {needed!r}; {there}")
    if messages:
        raise _unusable(path, *messages, line=line)
    return names


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    """(line where it starts, values, whether its quotes are broken) of each row that is not blank.

    A broken row ends with its first line, so that it cannot swallow the rows after it.
    """
    lines = io.StringIO(text, newline=None).readlines()
    at = 0
    while at < len(lines):
        values, used, broken = _record(lines[at : at + _MOST_LINES], delimiter)
        if any(value.strip() for value in values):
            yield at + 1, values, broken
        at += used


def _record(lines: list[str], delimiter: str) -> tuple[list[str], int, bool]:
    for used in range(1, (len(lines) if '"' in lines[0] else 1) + 1):
        with suppress(csv.Error):  # a quote is still open, or broken for good: one line more will tell
            return next(csv.reader(lines[:used], delimiter=delimiter, strict=True), []), used, False
    return [value.strip().strip('"') for value in lines[0].split(delimiter)], 1, True


def _locate(named: str, folder: Path, root: Path) -> str:
    """The path relative to `root` of a file that is there and in the archive."""
    if not named:
        raise ArchiveError("The row names no recording.", code="no_recording")
    outside = PureWindowsPath(named).drive != ""
    for base in (root, folder.resolve()):
        full = Path(os.path.normpath(base / named.replace("\\", "/")))
        if not full.is_relative_to(root) or not inside(root, full):
            outside = outside or base == root or _is_file(full)
        elif _is_file(full):
            return full.relative_to(root).as_posix()
    if outside:
        raise ArchiveError(f"{named!r} lies outside the archive.", code="outside_archive")
    raise ArchiveError(f"{named!r} is not there.", code="not_found", hint="Upper and lower case count.")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # names that no file can have, folders that may not be entered
        return False


def _whole(line: int, *, broken: bool) -> None:
    if broken:
        raise ArchiveError(
            f"Line {line} has quotes that do not close, or more values than columns.",
            code="bad_row",
            hint="A value with a comma or a quote needs quotes around it.",
        )


def _once(line_of: Mapping[str, int], key: str, line: int, code: str) -> None:
    if key in line_of:
        raise ArchiveError(f"Line {line} repeats {key!r} of line {line_of[key]}.", code=code)


def _unusable(path: Path, *messages: str, line: int = 0) -> ConfigurationError:
    problems = [Problem(where=path.name, line=line, message=message) for message in messages]
    return ConfigurationError("The manifest cannot be used.", problems=problems, code="manifest")
