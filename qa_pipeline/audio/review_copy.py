"""What a web page plays and draws of a recording: a plain WAV that can be read from any moment, and its peaks.

Browsers know few telephone formats, and in files of a changing bit rate they jump to the wrong moment. So a copy is
made once, from the same decoder that recognition listens through: what a page plays at a moment is what a verdict's
evidence at that moment speaks of.

A copy is two files named by the content of the recording:

    <key>.wav           16-bit PCM, the recording's channels and sample rate, not under 8000 nor over 16000 Hz
    <key>.peaks.json    {"duration_ms": 2000, "channels": [[0.01, 0.4, ...], ...]}: the largest absolute sample (0 to 1)
                        in each of equally long stretches of each channel

Code of AudioError beside those of decoding: `review_folder`, the folder of copies cannot be used.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np

from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.probe import probe
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import AudioError

_LEAST_HZ, _MOST_HZ = 8_000, 16_000  # what browsers play, and what recognition hears
_CHANNELS = 2
_FULL_SCALE = 32767  # as in track.py, so that no sample changes
_HEADER_BYTES = 44  # of a WAV file with nothing but its format and its samples
_STRETCH_MS = 100
_LEAST_STRETCHES, _MOST_STRETCHES = 200, 4000  # a narrow page has a few hundred columns, a wide one under 4000
_ABANDONED_S = 3600  # a file that is being written changes every few seconds

_KEY = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"([0-9a-f]{64})\.(?:wav|peaks\.json)")
_PART = re.compile(r"\.[0-9a-f]{64}\.(?:wav|peaks\.json)-\w+\.part")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCopy:
    """Where the copy's two files are, and what they hold."""

    sound: Path
    peaks: Path
    duration_ms: int
    channels: int


def review_copy(path: Path, folder: Path, *, key: str) -> ReviewCopy:
    """The copy of the recording at `path` in `folder`, made when it is not there whole; else `path` is not touched.

    `key` is the recording's SHA-256 in lower-case hex; anything else is a ValueError. `folder` is made when missing.
    Several processes may make the same copy at once. Only the owner of the process may read the files, since calls
    are personal. Raises AudioError (codes in probe.py, and `review_folder`), and never leaves half a file under a name.
    """
    if _KEY.fullmatch(key) is None:
        raise ValueError("The key of a copy is a SHA-256: 64 digits 0-9 and a-f.")
    return _given(folder, key) or _made(path, folder, key)


def prune(folder: Path, keep_bytes: int) -> None:
    """Removes the copies that were used longest ago until all of them together have at most `keep_bytes`.

    What a killed process left of an unfinished copy goes too. Other files stay and are not counted. Files that
    vanish meanwhile and a folder that does not exist are no errors. Raises AudioError `review_folder`.
    """
    try:
        copies: dict[str, list[tuple[Path, os.stat_result]]] = {}
        for file, found in _files(folder):
            if copy := _FILE.fullmatch(file.name):
                copies.setdefault(copy[1], []).append((file, found))
            elif _PART.fullmatch(file.name) and time.time() - found.st_mtime > _ABANDONED_S:
                file.unlink(missing_ok=True)
        held = sum(found.st_size for files in copies.values() for _, found in files)
        for files in sorted(copies.values(), key=lambda files: max(found.st_mtime_ns for _, found in files)):
            if held <= keep_bytes:
                return
            for file, found in files:
                file.unlink(missing_ok=True)
                held -= found.st_size
    except OSError as error:
        raise _unusable(folder, error) from error


def _given(folder: Path, key: str) -> ReviewCopy | None:
    """The copy that is there, marked as used now; None when one of its files is missing, cut off or no such file."""
    sound, peaks = _places(folder, key)
    for file in (sound, peaks):
        with suppress(OSError):  # a folder that may only be read still gives its copies
            os.utime(file)
    try:
        with wave.open(str(sound), "rb") as opened:
            channels, width, rate_hz, frames = opened.getparams()[:4]
        whole = frames > 0 and sound.stat().st_size == _HEADER_BYTES + 2 * channels * frames
        drawn = json.loads(peaks.read_bytes())
    except (OSError, EOFError, ValueError, wave.Error):
        return None
    if not whole or width != 2 or channels > _CHANNELS or not _LEAST_HZ <= rate_hz <= _MOST_HZ:
        return None
    duration_ms = frames * 1000 // rate_hz
    if not _is_drawing(drawn, duration_ms, channels):
        return None
    return ReviewCopy(sound=sound, peaks=peaks, duration_ms=duration_ms, channels=channels)


def _is_drawing(drawn: object, duration_ms: int, channels: int) -> bool:
    match drawn:
        case {"duration_ms": int(said_ms), "channels": list(rows)} if (said_ms, len(rows)) == (duration_ms, channels):
            count = _stretches(duration_ms)
            return all(
                isinstance(row, list) and len(row) == count and all(isinstance(peak, float) for peak in row)
                for row in rows
            )
        case _:
            return False


def _made(path: Path, folder: Path, key: str) -> ReviewCopy:
    rate_hz = max(_LEAST_HZ, min(probe(path).sample_rate_hz, _MOST_HZ))
    tracks = decode(path, rate_hz).tracks[:_CHANNELS]
    sound, peaks = _places(folder, key)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _replacing(sound) as file:
            _write_sound(tracks, file)
        with _replacing(peaks) as file:
            file.write(_drawing(tracks))
    except OSError as error:
        raise _unusable(folder, error) from error
    return ReviewCopy(sound=sound, peaks=peaks, duration_ms=tracks[0].duration_ms, channels=len(tracks))


def _write_sound(tracks: Sequence[Track], file: BinaryIO) -> None:
    with wave.open(file, "wb") as out:
        out.setnchannels(len(tracks))
        out.setsampwidth(2)
        out.setframerate(tracks[0].rate_hz)
        out.setnframes(tracks[0].frames)  # known, so that the header is right from the first byte on
        for blocks in zip(*(track.blocks() for track in tracks), strict=True):
            out.writeframesraw(np.rint(np.stack(blocks, axis=1) * _FULL_SCALE).astype("<i2").tobytes())


def _drawing(tracks: Sequence[Track]) -> bytes:
    """The peaks as JSON without a space, so that the same sound gives the same bytes."""
    drawn = {
        "duration_ms": tracks[0].duration_ms,
        "channels": [_peaks(track, _stretches(track.duration_ms)) for track in tracks],
    }
    return json.dumps(drawn, separators=(",", ":")).encode("ascii")


def _peaks(track: Track, count: int) -> list[float]:
    """The largest absolute sample in each of `count` stretches; of fewer samples each is in several stretches."""
    edges = pairwise(number * track.frames // count for number in range(count + 1))
    parts = (track.read(first, max(first + 1, last)) for first, last in edges)
    return [round(float(np.abs(part).max()), 3) for part in parts]


def _stretches(duration_ms: int) -> int:
    return max(_LEAST_STRETCHES, min(duration_ms // _STRETCH_MS, _MOST_STRETCHES))


def _places(folder: Path, key: str) -> tuple[Path, Path]:
    return folder / f"{key}.wav", folder / f"{key}.peaks.json"


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` to write to; it takes `path`'s place when all went well and vanishes when not."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)  # else a power cut could leave the right name with nothing in it
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The regular files of a folder that are still there when asked."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.is_file(follow_symlinks=False):
                    yield Path(entry.path), entry.stat(follow_symlinks=False)


def _unusable(folder: Path, error: OSError) -> AudioError:
    return AudioError(
        f"The folder of copies for listening, {folder}, cannot be used: {error.strerror or error}.",
        code="review_folder",
        hint="Make room in it, or name another folder that may be written to.",
    )
