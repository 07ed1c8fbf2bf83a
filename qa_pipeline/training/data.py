"""Labelled text: `models/<name>/data/<language>.csv`."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from qa_pipeline.domain import ConfigurationError, Problem

SPLITS = ("train", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One line of text with its labels; `split` is "train" or "test"."""

    text: str
    labels: frozenset[str]
    language: str
    split: str


def read_examples(folder: Path, column: str) -> tuple[Example, ...]:
    """All lines of all languages. `column` holds labels joined by "|". Raises ConfigurationError with every fault."""
    examples: list[Example] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), start=2):
                if row.get("split") not in SPLITS or not row.get("text") or row.get(column) is None:
                    problems.append(Problem(where=str(path), line=number, message=f"needs text, {column}, split"))
                    continue
                labels = frozenset(label for label in row[column].split("|") if label)
                examples.append(Example(text=row["text"], labels=labels, language=path.stem, split=row["split"]))
    if problems or not examples:
        raise ConfigurationError(f"No usable training text in {folder}.", problems=problems, code="training_data")
    return tuple(examples)


def data_hash(folder: Path) -> str:
    """SHA-256 over all data files, by name."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
