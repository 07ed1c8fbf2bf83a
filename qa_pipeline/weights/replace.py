"""Putting the files of a trained model into its folder: all of them or none, whenever the program is killed.

The new files are gathered beside the old ones and take the name `.next` in one step. From that moment they are the
model (`whole` says so), and only have to be moved to their places, which the next one to put files finishes if need be.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qa_pipeline.domain import ModelError

NEXT = ".next"
PART = ".part-"


def whole(folder: Path) -> Path:
    """Where the model of this folder can be read whole: the folder itself, unless moving files was cut short."""
    waiting = folder / NEXT
    return waiting if waiting.is_dir() else folder


def put(files: Sequence[Path], folder: Path) -> None:
    """Copies these files into `folder`, which is made when missing; other files in it stay. Raises ModelError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{PART}*"):  # of a run that was killed before its model was complete
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        _move(folder)
        part = Path(tempfile.mkdtemp(prefix=PART, dir=folder))
        part.chmod(0o755)
        for file in files:
            _copy(file, part / file.name)
        part.rename(folder / NEXT)
        _move(folder)
    except OSError as error:
        raise _cannot(folder, error.strerror or str(error)) from error


def check_writable(folder: Path) -> None:
    """Raises ModelError when nothing can be put there, before anybody trains for a quarter of an hour."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise _cannot(folder, f"{there} may not be written to")


def _move(folder: Path) -> None:
    """Brings what waits in `.next` to its places. The model is whole at every moment, here or there."""
    waiting = folder / NEXT
    if not waiting.is_dir():
        return
    for file in sorted(waiting.iterdir()):
        copied = folder / f"{PART}{file.name}"
        _copy(file, copied)
        copied.replace(folder / file.name)
    done = Path(tempfile.mkdtemp(prefix=PART, dir=folder))
    waiting.rename(done / NEXT)
    shutil.rmtree(done)


def _copy(source: Path, target: Path) -> None:
    """Copies a file and waits until the disk has it."""
    with source.open("rb") as given, target.open("wb") as out:
        shutil.copyfileobj(given, out)
        out.flush()
        os.fsync(out.fileno())


def _cannot(folder: Path, why: str) -> ModelError:
    return ModelError(
        f"The model cannot be written into {folder}: {why}.",
        code="model_folder",
        hint="Name a folder of your own with --out or QA_TRAINED_DIR.",
    )
