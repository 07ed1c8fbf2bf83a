"""Small archives on disk."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 8000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "calls").mkdir()
    return tmp_path / "calls"


@pytest.fixture
def record(root: Path) -> Callable[..., Path]:
    """Writes a recording whose content follows from `seed`, by default from its name."""

    def write(name: str, *, seconds: float = 1.0, seed: object = None) -> Path:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(list(repr(seed or name).encode()))
        soundfile.write(path, 0.1 * random.standard_normal((int(seconds * RATE), 2)), RATE, format="WAV")
        return path

    return write


@pytest.fixture
def manifest(root: Path) -> Callable[..., Path]:
    """Writes a manifest from rows of named values."""

    def write(*rows: Mapping[str, object], columns: Sequence[str] = (), path: Path | None = None) -> Path:
        path = path or root / "manifest.csv"
        names = columns or list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write
