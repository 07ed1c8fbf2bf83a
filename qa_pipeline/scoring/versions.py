"""Published versions of a scorecard: `<name>/versions/<version>.yaml`, never edited, chosen by the day of the call.

`versions/published.yaml` keeps the fingerprint of each, so that a change after publishing is noticed. While nothing is
published the scorecard itself judges; afterwards it is the draft of the next version.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from qa_pipeline.domain import ConfigurationError, Problem, Scorecard
from qa_pipeline.text.yaml_lines import read_yaml

RECORD = "published.yaml"
Read = Callable[[Path], Scorecard]


def versions(path: Path, read: Read) -> tuple[Scorecard, ...]:
    """What may judge calls: the published versions of the scorecard file, by their first day; else the file itself.

    Raises ConfigurationError when a published version was changed, is missing, or two are in force on one day.
    """
    record = _record(path)
    if not record:
        return (read(path),)
    found = [_unchanged(path, version, known, read) for version, known in record.items()]
    _refuse_edits(path, record, read)
    found.sort(key=lambda one: one.effective_from or date.min)
    return tuple(found)


def publish(path: Path, read: Read) -> Path:
    """Keeps the scorecard file as a version that no longer changes; returns its copy.

    Raises ConfigurationError when this version is published already.
    """
    scorecard = read(path)
    record = dict(_record(path))
    if scorecard.version in record:
        same = record[scorecard.version] == scorecard.fingerprint
        raise ConfigurationError(
            f"{scorecard.name} {scorecard.version} is published already{'' if same else ', with other content'}.",
            code="published",
            hint="Give the changes a version of their own.",
        )
    copy = _folder(path) / f"{scorecard.version}.yaml"
    copy.parent.mkdir(exist_ok=True)
    shutil.copyfile(path, copy)
    record[scorecard.version] = scorecard.fingerprint
    lines = [f"{json.dumps(version)}: {known}\n" for version, known in record.items()]
    (_folder(path) / RECORD).write_text("# written by `qa scorecard publish`\n" + "".join(lines), encoding="utf-8")
    return copy


def in_force(scorecards: Sequence[Scorecard], day: date | None) -> Scorecard | None:
    """The one that judges calls of this day: of several the one that began last; None when there is none.

    A call without a day is judged by the last one that has not run out.
    """
    return next((one for one in reversed(scorecards) if one.judges(day)), None)


def is_published(path: Path, version: str) -> bool:
    """Whether this version of the scorecard file is among the published ones."""
    return version in _record(path)


def _folder(path: Path) -> Path:
    return path.parent / "versions"


def _record(path: Path) -> Mapping[str, str]:
    """Version to fingerprint, in the order of publishing; empty while nothing is published."""
    if not (_folder(path) / RECORD).is_file():
        return {}
    document = read_yaml(_folder(path) / RECORD)
    if not isinstance(document, Mapping):
        raise ConfigurationError(f"{_folder(path) / RECORD} is no record of published versions.", code="published")
    return {str(version): str(known) for version, known in document.items()}


def _unchanged(path: Path, version: str, known: str, read: Read) -> Scorecard:
    copy = _folder(path) / f"{version}.yaml"
    scorecard = read(copy)
    if scorecard.fingerprint != known:
        raise _changed(copy, scorecard)
    return scorecard


def _refuse_edits(path: Path, record: Mapping[str, str], read: Read) -> None:
    """A draft must not carry the version of a published scorecard with other content."""
    draft = read(path)
    if record.get(draft.version, draft.fingerprint) != draft.fingerprint:
        raise _changed(path, draft)


def _changed(path: Path, scorecard: Scorecard) -> ConfigurationError:
    problem = Problem(where=str(path), message=f"version {scorecard.version} is published and cannot be changed")
    return ConfigurationError(
        f"A published version of {scorecard.name} was changed.",
        problems=[problem],
        code="published",
        hint="Put it back as it was, and give the changes a version of their own.",
    )
