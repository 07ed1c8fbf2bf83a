"""A stretch of a copy for listening, as a sound file of its own."""

from __future__ import annotations

import io
import wave
from pathlib import Path


def excerpt(sound: Path, start_ms: int, end_ms: int) -> bytes:
    """The part of a WAV file from `start_ms` to `end_ms` as a WAV file; what lies beyond its end is left out."""
    out = io.BytesIO()
    with wave.open(str(sound), "rb") as source, wave.open(out, "wb") as made:
        rate_hz = source.getframerate()
        first = min(max(0, start_ms) * rate_hz // 1000, source.getnframes())
        made.setnchannels(source.getnchannels())
        made.setsampwidth(source.getsampwidth())
        made.setframerate(rate_hz)
        source.setpos(first)
        made.writeframes(source.readframes(max(0, end_ms * rate_hz // 1000 - first)))
    return out.getvalue()
