"""Where the files that belong to the program lie: models/ and scorecards/."""

from __future__ import annotations

from pathlib import Path


def data_dir() -> Path:
    """The folder that holds `models/` and `scorecards/`: in an installed wheel the package's own, else the checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "data"
    return inside if inside.is_dir() else package.parent
