"""Metadata in a JSON file beside the recording: call-17.wav has call-17.json."""

from __future__ import annotations

import json
from pathlib import Path

from qa_pipeline.archive.fields import tidy
from qa_pipeline.archive.folder import inside, unreadable
from qa_pipeline.domain import ArchiveError

_MOST_BYTES = 1_000_000


def from_sidecar(root: Path, path: str) -> dict[str, str]:
    """What the sidecar of the recording `path` (relative to `root`) says; nothing when there is none.

    Keys are those of the manifest, others are ignored. Raises ArchiveError `bad_sidecar`.
    """
    sidecar = (root / path).with_suffix(".json")
    if sidecar == root / path or not sidecar.is_file():
        return {}
    try:
        if not inside(root, sidecar) or sidecar.stat().st_size > _MOST_BYTES:
            raise ArchiveError(f"{sidecar.name} is too large or lies outside the archive.", code="bad_sidecar")
        said = json.loads(sidecar.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ArchiveError(f"{sidecar.name}: {unreadable(error)}", code="bad_sidecar") from error
    except (ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ArchiveError(f"{sidecar.name} is no valid JSON in UTF-8{line}.", code="bad_sidecar") from error
    if not isinstance(said, dict):
        raise ArchiveError(f"{sidecar.name} holds no object with names and values.", code="bad_sidecar")
    nested = [name for name in tidy(said) if isinstance(said.get(name), dict | list)]
    if nested:
        raise ArchiveError(f"{sidecar.name}: {', '.join(nested)} must be text or a number.", code="bad_sidecar")
    return tidy(said)
