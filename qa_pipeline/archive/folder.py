"""Walking through an archive."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from qa_pipeline.domain import ArchiveError

# A file is taken for a recording by its ending; one that a manifest names is taken whatever it is called.
SUFFIXES = frozenset({
    *(".wav", ".wave", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".amr", ".awb", ".3gp"),
    *(".gsm", ".wma", ".aif", ".aiff", ".au", ".webm", ".mka"),
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What lies in an archive; all paths are relative to it, with "/" between their parts, and sorted.

    `refused` are (path, error) of links that lead out of the archive or nowhere, and of folders that cannot be
    opened. `others` are the files that are no recordings by their name, and hidden ones.
    """

    recordings: tuple[str, ...]
    others: frozenset[str]
    refused: tuple[tuple[str, ArchiveError], ...]


def walk(root: Path) -> Tree:
    """All files under `root`, which is a resolved path.

    Hidden folders are not entered, and neither are linked ones: what a link inside the archive leads to is found
    where it really lies, and so no link can make the walk go in circles.
    """
    recordings: list[str] = []
    others: list[str] = []
    refused: list[tuple[str, ArchiveError]] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(root / folder))
        except OSError as error:
            refused.append((folder, unreadable(error)))
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                folders.extend([] if entry.name.startswith(".") else [path])
            elif entry.name.startswith(".") or Path(path).suffix.lower() not in SUFFIXES or _is_linked_folder(entry):
                others.append(path)
            elif (fault := _bad_link(root, path)) is not None:
                refused.append((path, fault))
            else:
                recordings.append(path)
    return Tree(
        recordings=tuple(sorted(recordings)),
        others=frozenset(others),
        refused=tuple(sorted(refused, key=lambda pair: pair[0])),
    )


def inside(root: Path, path: Path) -> bool:
    """Whether a path, with all its links followed, lies in the archive (`root` is resolved)."""
    try:
        return path.resolve().is_relative_to(root)
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links that go in circles
        return False


def unreadable(error: OSError) -> ArchiveError:
    """The operating system's refusal as ours, without the machine's paths."""
    return ArchiveError(f"It cannot be opened: {error.strerror or type(error).__name__}.", code="unreadable")


def _is_linked_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _bad_link(root: Path, path: str) -> ArchiveError | None:
    full = root / path
    if not full.is_symlink():
        return None
    if not full.exists():
        return ArchiveError("The link leads nowhere.", code="unreadable")
    if not inside(root, full):
        return ArchiveError(
            "The link leads out of the archive.", code="outside_archive", hint="Copy the file into the archive."
        )
    return None
