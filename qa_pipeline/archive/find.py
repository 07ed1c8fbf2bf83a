"""From a folder to recordings: every file and every manifest row gets exactly one outcome."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from qa_pipeline.archive.fields import call_meta
from qa_pipeline.archive.folder import unreadable, walk
from qa_pipeline.archive.manifest import Manifest, Row, read_manifest
from qa_pipeline.archive.patterns import Patterns, compile_patterns, from_name
from qa_pipeline.archive.sidecar import from_sidecar
from qa_pipeline.domain import (
    ArchiveError,
    ConfigurationError,
    LedgerEntry,
    Media,
    Problem,
    QaError,
    Recording,
    Status,
)

Probe = Callable[[Path], Media]
_NOT_NEEDED = frozenset({"too_short", "duplicate"})  # codes of recordings that are fine and are left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an archive holds.

    `archive` names it in the ledger. `recordings` (sorted by path) can be judged; `refused` are the entries of
    files and manifest rows that cannot (failed) or need not (skipped). `passed_over` counts the files that are
    no recordings. `path_of` and `line_of` go by recording id: the path within the archive, and the manifest's
    line for those that stand in it.
    """

    archive: str
    recordings: tuple[Recording, ...]
    refused: tuple[LedgerEntry, ...]
    passed_over: int
    path_of: Mapping[str, str]
    line_of: Mapping[str, int]

    def __iter__(self) -> Iterator[Recording | LedgerEntry]:
        yield from self.recordings
        yield from self.refused

    def entry(
        self, recording: Recording, status: Status, code: str, reason: str, inclusion_probability: float | None = None
    ) -> LedgerEntry:
        """The ledger's entry for one of the recordings."""
        return LedgerEntry(
            archive=self.archive,
            recording=self.path_of[recording.id],
            line=self.line_of.get(recording.id),
            call_id=recording.id,
            status=status,
            code=code,
            reason=reason,
            inclusion_probability=inclusion_probability,
        )


def find(
    root: Path,
    *,
    probe: Probe,
    manifest: Path | None = None,
    patterns: Sequence[str] = (),
    min_duration_ms: int = 0,
) -> Found:
    """All recordings under `root`, with what manifest, sidecar and file name (in this order) say of them.

    `probe` gives a file's Media or raises AudioError. The same files give the same answer in the same order.
    Raises ConfigurationError with all problems of folder, manifest and patterns at once.
    """
    archive, table, compiled = _inputs(root, manifest, patterns)
    tree = walk(archive)
    rows = {row.recording: row for row in table.rows}
    settled = {row.recording for row in table.refused} - set(rows)
    paths = {*tree.recordings, *rows} - settled - {path for path, _ in tree.refused}
    search = _Search(
        root=archive,
        probe=probe,
        patterns=compiled,
        min_duration_ms=min_duration_ms,
        rows=rows,
        stems=Counter(_stem(path) for path in paths),
        call_ids={row.said["call_id"]: row.recording for row in table.rows if "call_id" in row.said},
    )
    for refused in table.refused:
        search.refuse(refused.recording, refused.error, call_id=refused.call_id, line=refused.line)
    for path, error in tree.refused:
        if path not in settled:
            search.refuse(path, error)
    # Those of the manifest come first, so that of two equal recordings the one with more metadata is kept.
    for path in sorted(paths, key=lambda path: (path not in rows, path)):
        search.take(path)
    return search.found(passed_over=len(tree.others - set(rows) - settled))


def _inputs(root: Path, manifest: Path | None, patterns: Sequence[str]) -> tuple[Path, Manifest, Patterns]:
    problems: list[Problem] = []
    table: Manifest = Manifest()
    compiled: Patterns = ()
    if not root.is_dir():
        problems.append(Problem(where="archive", message=f"{root} is no folder"))
    try:
        table = read_manifest(manifest, root.resolve()) if manifest else table
    except ConfigurationError as error:
        problems.extend(error.problems)
    try:
        compiled = compile_patterns(patterns)
    except ConfigurationError as error:
        problems.extend(error.problems)
    if problems:
        raise ConfigurationError("The archive cannot be read.", problems=problems, code="archive")
    return root.resolve(), table, compiled


@dataclass(slots=True, kw_only=True)
class _Search:
    """One pass over an archive; gathers outcomes."""

    root: Path
    probe: Probe
    patterns: Patterns
    min_duration_ms: int
    rows: Mapping[str, Row]
    stems: Mapping[str, int]
    call_ids: dict[str, str]  # to path, the manifest's from the start
    contents: dict[str, str] = field(default_factory=dict)  # SHA-256 to path
    recordings: dict[str, Recording] = field(default_factory=dict)
    refused: list[LedgerEntry] = field(default_factory=list)

    def take(self, path: str) -> None:
        """Gives one file its outcome. Whatever happens, the next file has its turn."""
        row = self.rows.get(path)
        said = dict(row.said) if row else {}
        try:
            self.recordings[path] = self._recording(path, said)
        except OSError as error:
            fault: QaError = unreadable(error)
        except QaError as error:
            fault = error
        except Exception as error:  # noqa: BLE001 - a fault in a decoder costs one recording, never the run
            fault = ArchiveError(f"It could not be examined ({type(error).__name__}).", code="unreadable")
        else:
            return
        self.refuse(path, fault, call_id=said.get("call_id") or self._default_id(path), line=row.line if row else None)

    def refuse(self, path: str, error: QaError, *, call_id: str = "", line: int | None = None) -> None:
        """Puts a file or a row on the list of those that are not taken."""
        entry = LedgerEntry(
            archive=_printable(str(self.root)),
            recording=_printable(path),
            line=line,
            call_id=_printable(call_id),
            status=Status.SKIPPED if error.code in _NOT_NEEDED else Status.FAILED,
            code=error.code,
            reason=str(error),
        )
        self.refused.append(entry)

    def found(self, passed_over: int) -> Found:
        kept = sorted(self.recordings.items())
        return Found(
            archive=_printable(str(self.root)),
            recordings=tuple(recording for _, recording in kept),
            refused=tuple(sorted(self.refused, key=lambda entry: (entry.recording, entry.line or 0))),
            passed_over=passed_over,
            path_of={recording.id: path for path, recording in kept},
            line_of={recording.id: self.rows[path].line for path, recording in kept if path in self.rows},
        )

    def _recording(self, path: str, said: dict[str, str]) -> Recording:
        """Everything about one file; `said` is completed on the way. Nothing is kept of a file that is not taken."""
        if path != _printable(path):
            raise ArchiveError("The file's name is no UTF-8.", code="bad_file_name", hint="Rename the file.")
        full = self.root / path
        media = self.probe(full)
        if media.duration_ms < self.min_duration_ms:
            lasts, least = media.duration_ms / 1000, self.min_duration_ms / 1000
            raise ArchiveError(f"It lasts {lasts:g} s, less than {least:g} s.", code="too_short")
        with full.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if sha256 in self.contents:
            raise ArchiveError(f"It has the same content as {self.contents[sha256]}.", code="duplicate")
        said |= from_name(self.patterns, path) | from_sidecar(self.root, path) | said
        meta = call_meta(said, call_id=self._default_id(path))
        if (first := self.call_ids.setdefault(meta.call_id, path)) != path:
            raise ArchiveError(
                f"{first} has the call_id {meta.call_id!r} too.",
                code="duplicate_call_id",
                hint="Give each its own in a manifest.",
            )
        self.contents[sha256] = path
        return Recording(uri=str(full), sha256=sha256, media=media, meta=meta)

    def _default_id(self, path: str) -> str:
        """The path without suffix; with it where that would not be unique (a.wav beside a.mp3)."""
        stem = _stem(path)
        return stem if self.stems[stem] == 1 and self.call_ids.get(stem, path) == path else path


def _stem(path: str) -> str:
    return str(PurePosixPath(path).with_suffix(""))


def _printable(path: str) -> str:
    """The path with bytes that are no UTF-8 spelled out."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
