"""What a recording is, from its headers, and what is wrong with it.

Codes of AudioError in this package:

    unreadable           the file cannot be opened, is no ordinary file, or is too damaged to be decoded
    empty                no bytes, or a sound file without a single sample
    truncated            the header announces sound and none of it is there
    not_audio            no sound file of a kind that is understood
    too_many_channels    more than two: nobody can say which two are the parties
    too_long             longer than the limit

Flags of a recording that can be judged all the same (decode.py): truncated, damaged, clipped, non_finite_samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.audio import container, ffmpeg, sndfile
from qa_pipeline.domain import AudioError, Media

MAX_DURATION_MS = 6 * 3600 * 1000
MAX_CHANNELS = 2
_RATES_HZ = range(2_000, 768_001)


class Reader(Protocol):
    """What the modules that read files (sndfile.py, ffmpeg.py) offer."""

    def opens(self, path: Path) -> bool: ...
    def media(self, path: Path, max_duration_ms: int) -> Media | None: ...
    def declared_ms(self, path: Path) -> int | None: ...
    def blocks(self, path: Path) -> Iterator[tuple[int, NDArray[np.float32]]]: ...


def probe(path: Path, *, max_duration_ms: int = MAX_DURATION_MS) -> Media:
    """What the file holds, without decoding it.

    A duration in a header is not believed: libsndfile must be able to read the last frame that it claims, else
    the packets are counted. Raises AudioError with one of the codes above.
    """
    head = container.opening(path)
    found = (reader.media(path, max_duration_ms) for reader in readers(path, head))
    media = next((each for each in found if each is not None), None)
    if media is None:
        raise nothing_in_it(path, head)
    if media.sample_rate_hz not in _RATES_HZ:
        raise AudioError(f"A sample rate of {media.sample_rate_hz} Hz cannot be right.", code="unreadable")
    if media.channels > MAX_CHANNELS:
        raise AudioError(
            f"The recording has {media.channels} channels.",
            code="too_many_channels",
            hint="Export it as mono, or as stereo with one party on each channel.",
        )
    if media.duration_ms > max_duration_ms:
        raise too_long(max_duration_ms)
    return media


def readers(path: Path, head: bytes) -> tuple[Reader, ...]:
    """The modules that may read the file, best first."""
    if path.suffix.lower() == ".gsm" and not container.known(head) and head[0] >> 4 != 0xD:
        return ()  # every frame of raw GSM 6.10 opens with 0xD; the format has no other mark
    return (sndfile, ffmpeg) if container.for_sndfile(head) else (ffmpeg,)


def too_long(max_duration_ms: int) -> AudioError:
    """The error for a recording over the limit."""
    return AudioError(f"The recording is longer than {max_duration_ms / 3_600_000:g} hours.", code="too_long")


def nothing_in_it(path: Path, head: bytes) -> AudioError:
    """The error for a file that no reader found sound in."""
    if not container.known(head):
        return AudioError("The file is no sound file of a kind that is understood.", code="not_audio")
    there = container.wav_bytes(path)[1] if container.is_wav(head) else 0
    if not there and (container.cut_off(path, head) or any(reader.declared_ms(path) for reader in readers(path, head))):
        return AudioError("The file ends before its sound begins.", code="truncated")
    if not there and any(reader.opens(path) for reader in readers(path, head)):
        return AudioError("The file holds no sound.", code="empty")
    return AudioError("The file is too damaged to be decoded.", code="unreadable")
