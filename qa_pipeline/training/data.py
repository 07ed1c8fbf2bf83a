"""Labelled text: `models/<name>/data/<language>.csv`, or a folder of files for each language."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from qa_pipeline.domain import ConfigurationError, Problem

SPLITS = ("train", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One line of text with its labels; `split` is "train" or "test", `near` a label that it only looks like.

    `party` is who says it, where the data tell: agent, customer or recording; `hand` is who wrote it, likewise.
    """

    text: str
    labels: frozenset[str]
    language: str
    split: str
    near: str = ""
    party: str = "agent"
    hand: str = ""

    def also(self, label: str) -> Example:
        """The same line with one more label."""
        return replace(self, labels=self.labels | {label})


class Reader(Protocol):
    """Reads training text: `read_examples`, or something that adds to what it gives."""

    def __call__(self, folder: Path, column: str, *, one: bool = False) -> tuple[Example, ...]: ...


def read_examples(folder: Path, column: str, *, one: bool = False) -> tuple[Example, ...]:
    """All lines of all languages. `column` holds labels joined by "|", exactly one where `one` is asked for.

    Raises ConfigurationError with every fault.
    """
    examples: list[Example] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.csv")):
        language = path.relative_to(folder).parts[0].removesuffix(".csv")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            try:
                for row in rows:
                    labels = frozenset(label for label in (row.get(column) or "").split("|") if label)
                    fault = _fault(row, column, labels, one=one)
                    if fault:
                        problems.append(Problem(where=str(path), line=rows.line_num, message=fault))
                    else:
                        examples.append(
                            Example(
                                text=row["text"],
                                labels=labels,
                                language=language,
                                split=row["split"],
                                near=row.get("near") or "",
                                party=row.get("party") or "agent",
                                hand=row.get("hand") or "",
                            )
                        )
            except (UnicodeDecodeError, csv.Error) as error:
                problems.append(Problem(where=str(path), message=f"is no CSV in UTF-8: {error}"))
    if problems or not examples:
        raise ConfigurationError(f"No usable training text in {folder}.", problems=problems, code="training_data")
    return tuple(examples)


def _fault(row: Mapping[str, str | None], column: str, labels: frozenset[str], *, one: bool) -> str:
    if row.get("split") not in SPLITS or not row.get("text") or row.get(column) is None:
        return f"needs text, {column}, split"
    return f"needs exactly one {column}" if one and len(labels) != 1 else ""


def data_hash(folder: Path) -> str:
    """SHA-256 over all data files, by name."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.csv")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
