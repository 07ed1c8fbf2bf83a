"""Reading with PyAV (FFmpeg's libraries): MP3, AAC and M4A, AMR, WMA, raw GSM, and what libsndfile refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from qa_pipeline.domain import AudioError, Media

# Only sound containers, only the file itself: a playlist named call.wav must not make FFmpeg open other places.
_OPTIONS = {
    "format_whitelist": "aac,aiff,amr,amrnb,amrwb,asf,au,caf,flac,g729,gsm,matroska,mov,mp3,ogg,rf64,w64,wav",
    "protocol_whitelist": "file",
}
_IDLE_PACKETS = 10_000  # packets in a row without sound: the file leads nowhere
_COUNTED = (
    "aac",
    "amr",
    "amrnb",
    "amrwb",
    "g729",
    "gsm",
)  # no length in the header; FFmpeg estimates it from the bit rate
_SCALE = {np.dtype(np.int16): 2.0**15, np.dtype(np.int32): 2.0**31, np.dtype(np.int64): 2.0**63}


def opens(path: Path) -> bool:
    """Whether there is a sound stream that could be decoded."""
    with _stream(path) as (_, stream):
        return stream is not None


def media(path: Path, max_duration_ms: int) -> Media | None:
    """What the file holds, its duration counted packet by packet and not believed; None when there is no sound.

    Counting stops soon after `max_duration_ms`.
    """
    with _stream(path) as (container, stream):
        if stream is None:
            return None
        codec = stream.codec_context
        if not codec.sample_rate or not codec.channels:
            return None
        duration_ms = _count_ms(container, stream, max_duration_ms)
        if not duration_ms:
            return None
        name = container.format.name.split(",")[0]
        return Media(
            container="mp4" if name == "mov" else name,
            codec=codec.name,
            sample_rate_hz=codec.sample_rate,
            channels=codec.channels,
            duration_ms=duration_ms,
        )


def blocks(path: Path) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """(sample rate, frames x channels) until the end.

    Damaged packets are left out, and so are those that change rate or channels on the way. Raises AudioError
    `unreadable` after the last block when there were any.
    """
    shape: tuple[int, int] | None = None
    damaged = False
    with _stream(path) as (container, stream):
        if stream is None:
            raise AudioError("The file is damaged.", code="unreadable")
        for found in _decoded(container, stream):
            if found is None:
                damaged = True
                continue
            rate, block = found
            shape = shape or (rate, block.shape[1])
            if shape == (rate, block.shape[1]):
                yield rate, block
            else:
                damaged = True
    if damaged:
        raise AudioError("Parts of the file are damaged.", code="unreadable")


def declared_ms(path: Path) -> int | None:
    """The duration that the header claims, None when the format has none."""
    with _stream(path) as (container, stream):
        if stream is None or container.duration is None or container.format.name in _COUNTED:
            return None
        if container.format.name == "mp3" and not _has_xing(path):
            return None
        return int(container.duration // 1000)  # FFmpeg counts container time in microseconds


@contextmanager
def _stream(path: Path) -> Iterator[tuple[Any, Any]]:
    """The container and its first audio stream that can be decoded; (None, None) when there is none."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            container = stack.enter_context(av.open(file, options=_OPTIONS, metadata_errors="replace"))
            streams = [stream for stream in container.streams.audio if stream.codec_context]
        except (FFmpegError, OSError, ValueError):
            streams = []
        yield (container, streams[0]) if streams else (None, None)


def _count_ms(container: Any, stream: Any, max_duration_ms: int) -> int:  # noqa: ANN401 - PyAV's stubs say too little
    """Duration of all packets: frames a packet where the codec has a fixed number, else the packets' own word."""
    frame_size = stream.codec_context.frame_size
    total = 0.0
    idle = 0
    try:
        for packet in container.demux(stream):
            took = frame_size / stream.codec_context.sample_rate if frame_size else 0.0
            if not frame_size and packet.duration:
                took = float(packet.duration * packet.time_base)
            idle = 0 if took and packet.size else idle + 1
            total += took if packet.size else 0.0
            if total * 1000 > max_duration_ms + 1000 or idle > _IDLE_PACKETS:
                break
    except (FFmpegError, ValueError):
        pass  # what came before the damage counts; decode says what is missing
    return round(total * 1000)


def _decoded(container: Any, stream: Any) -> Iterator[tuple[int, NDArray[np.float32]] | None]:  # noqa: ANN401 - PyAV's stubs say too little
    """(sample rate, frames x channels) frame by frame; None stands for a packet that could not be decoded."""
    idle = 0
    try:
        for packet in container.demux(stream):
            try:
                found = [(frame.sample_rate, _samples(frame)) for frame in packet.decode()]
            except (FFmpegError, ValueError):
                yield None
                found = []
            idle = 0 if found else idle + 1
            if idle > _IDLE_PACKETS:
                yield None
                return
            yield from found
    except (FFmpegError, ValueError):
        yield None


def _samples(frame: Any) -> NDArray[np.float32]:  # noqa: ANN401 - PyAV's stubs say too little
    raw: NDArray[Any] = frame.to_ndarray()
    block = raw.T if frame.format.is_planar else raw.reshape(-1, frame.layout.nb_channels)
    if block.dtype == np.uint8:
        return (block.astype(np.float32) - np.float32(128)) / np.float32(128)
    return np.ascontiguousarray(block, dtype=np.float32) / np.float32(_SCALE.get(block.dtype, 1.0))


def _has_xing(path: Path) -> bool:
    """Whether an MP3 says how long it is (Xing or Info header in its first frame)."""
    with path.open("rb") as file:
        head = file.read(65_536)
    return b"Xing" in head or b"Info" in head
