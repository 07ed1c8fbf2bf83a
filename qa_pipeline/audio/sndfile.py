"""Reading with libsndfile: WAV (PCM, G.711, GSM 6.10, ADPCM), FLAC, Ogg Vorbis and Opus, AIFF, AU, CAF."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from qa_pipeline.domain import AudioError, Media

BLOCK = 65_536  # frames; soundfile seeks after each read, so small blocks cost time
_REFUSALS = (soundfile.SoundFileError, OSError, TypeError, ValueError)


def opens(path: Path) -> bool:
    """Whether the header can be read."""
    try:
        _open(path).close()
    except _REFUSALS:
        return False
    return True


def media(path: Path, max_duration_ms: int) -> Media | None:  # noqa: ARG001 - the readers share one signature
    """What the header says when the last frame that it claims is really there, else None."""
    try:
        with _open(path) as file:
            if file.frames <= 0 or not _ends_where_it_says(file):
                return None
            return Media(
                container=file.format.lower(),
                codec=file.subtype,
                sample_rate_hz=file.samplerate,
                channels=file.channels,
                duration_ms=round(file.frames * 1000 / file.samplerate),
            )
    except _REFUSALS:
        return None


def blocks(path: Path) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """(sample rate, frames x channels) until the end. Raises AudioError `unreadable` where damage begins."""
    try:
        with _open(path) as file:
            while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
                yield file.samplerate, block
    except _REFUSALS as error:
        raise AudioError("The file is damaged.", code="unreadable") from error


def declared_ms(path: Path) -> int | None:
    """The duration that the header claims, None when it claims none."""
    try:
        with _open(path) as file:
            return round(file.frames * 1000 / file.samplerate) if 0 < file.frames < 2**60 else None
    except _REFUSALS:
        return None


def _open(path: Path) -> Any:  # noqa: ANN401 - soundfile has no types
    return soundfile.SoundFile(os.fsencode(path))  # bytes: any file name works


def _ends_where_it_says(file: Any) -> bool:  # noqa: ANN401 - soundfile has no types
    if not file.seekable():  # GSM 6.10: libsndfile counts the bytes, so the count is true
        return True
    try:
        file.seek(file.frames - 1)
        return len(file.read(1, always_2d=True)) == 1
    except soundfile.SoundFileError:
        return False
