"""What a file is by its first bytes, and whether its end is missing. No decoder is asked here."""

from __future__ import annotations

import stat
import struct
from pathlib import Path

from qa_pipeline.domain import AudioError

_HEAD_BYTES = 4096
_CHUNK_LIMIT = 1000  # chunks before "data"; real files have a handful
_SLACK_BYTES = 1024  # some recorders count their header in
_OPEN_ENDED = (0, 0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF)  # sizes that recorders write when they do not know the size yet

# libsndfile reads these exactly and without guessing from the file's name; all others are PyAV's.
_SNDFILE = (b"RF64", b"riff", b"fLaC", b"OggS", b"FORM", b".snd", b"caff")
_OTHERS = (b"#!AMR", b"ID3", b"\x1aE\xdf\xa3", b"0&\xb2u\x8ef\xcf\x11")


def opening(path: Path) -> bytes:
    """The first bytes of a regular file. Raises AudioError `unreadable` (cannot be opened, no file) or `empty`."""
    try:
        # Asked before opening: to open a named pipe would wait for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise AudioError("This is no ordinary file.", code="unreadable")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise AudioError(f"The file cannot be opened: {reason}.", code="unreadable") from error
    if not head:
        raise AudioError("The file is empty (0 bytes).", code="empty")
    return head


def for_sndfile(head: bytes) -> bool:
    """Whether libsndfile should have the first try."""
    return is_wav(head) or head.startswith(_SNDFILE)


def known(head: bytes) -> bool:
    """Whether the file says that it is sound, so that a failure means damage and not a wrong kind of file."""
    mpeg = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
    return for_sndfile(head) or head.startswith(_OTHERS) or mpeg or head[4:8] == b"ftyp"


def is_wav(head: bytes) -> bool:
    """Whether the file says that it is WAV (RIFF also holds pictures and films)."""
    return head[:4] in {b"RIFF", b"RIFX"} and head[8:12] == b"WAVE"


def wav_bytes(path: Path) -> tuple[int, int]:
    """Bytes of sound that a WAV file announces and that are there; 0 announced where the recorder did not know."""
    size = path.stat().st_size
    with path.open("rb") as file:
        order = ">" if file.read(4) == b"RIFX" else "<"
        at = 12
        for _ in range(_CHUNK_LIMIT):
            file.seek(at)
            header = file.read(8)
            if len(header) < 8:
                break
            name, length = struct.unpack(f"{order}4sI", header)
            if name == b"data":
                return 0 if length in _OPEN_ENDED else length, size - at - 8
            at += 8 + length + length % 2
    return 2**32, 0  # the file ends before it comes to the sound


def cut_off(path: Path, head: bytes) -> bool:
    """Whether WAV or Ogg files lack their end, by the sizes and marks that the formats themselves carry."""
    if is_wav(head):
        announced, there = wav_bytes(path)
        return announced > there + _SLACK_BYTES
    return head.startswith(b"OggS") and _ogg_cut_off(path)


def _ogg_cut_off(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536))  # a page is at most 65,307 bytes
        tail = file.read()
    page = tail.rfind(b"OggS")
    if page < 0 or len(tail) < page + 27:
        return True
    sizes = tail[page + 27 : page + 27 + tail[page + 26]]  # how long the pieces of the page are
    whole = len(sizes) == tail[page + 26] and len(tail) >= page + 27 + len(sizes) + sum(sizes)
    return not whole or not tail[page + 5] & 4  # bit 2: last page of its stream
