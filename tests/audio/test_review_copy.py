"""The copy of a recording that a web page plays, and its peaks."""

from __future__ import annotations

import json
import os
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from qa_pipeline.audio import review_copy as review_copy_module
from qa_pipeline.audio import track as track_module
from qa_pipeline.audio.decode import Decoded, decode
from qa_pipeline.audio.review_copy import ReviewCopy, prune, review_copy
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import AudioError

RATE = 8000
KEY = "0123456789abcdef" * 4
OTHER = "f" * 64
THIRD = "a" * 64


def call(channels: int = 2, rate: int = RATE, seconds: float = 3) -> NDArray[np.float32]:
    """Tones that grow louder, another one on each channel."""
    clock = np.arange(int(rate * seconds)) / rate
    hertz = 440 + 260 * np.arange(channels)
    return (0.8 * clock / seconds * np.sin(2 * np.pi * np.outer(hertz, clock))).T.astype(np.float32)


def recording(path: Path, sound: NDArray[np.float32] | None = None, rate: int = RATE, **form: str) -> Path:
    soundfile.write(path, call() if sound is None else sound, rate, **(form or {"subtype": "PCM_16"}))
    return path


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def samples(tracks: tuple[Track, ...]) -> NDArray[np.int16]:
    return np.stack([np.rint(track.read(0, track.frames) * 32767).astype(np.int16) for track in tracks], axis=1)


def age(folder: Path, key: str, days: float) -> None:
    """Makes a copy look as if nobody had used it for that long."""
    then = time.time() - days * 86_400
    for file in folder.glob(f"*{key}.*"):
        os.utime(file, (then, then))


def assert_is_the_sound(copy: ReviewCopy, source: Path, rate: int, channels: int) -> None:
    decoded = decode(source, rate)
    played, played_hz = soundfile.read(copy.sound, dtype="int16", always_2d=True)
    assert rate == played_hz
    np.testing.assert_array_equal(samples(decoded.tracks), played)
    info = soundfile.info(copy.sound)
    assert ("WAV", "PCM_16", channels) == (info.format, info.subtype, info.channels)
    assert (decoded.tracks[0].duration_ms, channels) == (copy.duration_ms, copy.channels)


@pytest.mark.parametrize(
    ("name", "channels", "rate", "copied_hz", "form"),
    [
        ("mono.wav", 1, 8000, 8000, {"subtype": "PCM_16"}),
        ("stereo.wav", 2, 8000, 8000, {"subtype": "PCM_16"}),
        ("mulaw.wav", 2, 8000, 8000, {"subtype": "ULAW"}),
        ("alaw.wav", 1, 8000, 8000, {"subtype": "ALAW"}),
        ("wide.wav", 2, 16_000, 16_000, {"subtype": "PCM_24"}),
        ("odd.wav", 2, 11_025, 11_025, {"subtype": "PCM_16"}),
        ("music.wav", 2, 44_100, 16_000, {"subtype": "FLOAT"}),
        ("coarse.wav", 1, 6000, 8000, {"subtype": "PCM_16"}),
        ("call.flac", 2, 48_000, 16_000, {"format": "FLAC"}),
        ("call.mp3", 2, 8000, 8000, {"format": "MP3"}),
        ("mono.mp3", 1, 44_100, 16_000, {"format": "MP3"}),
        ("call.opus", 1, 16_000, 16_000, {"format": "OGG", "subtype": "OPUS"}),
    ],
)
def test_a_copy_has_the_decoders_samples_at_a_rate_that_browsers_play(
    tmp_path: Path, name: str, channels: int, rate: int, copied_hz: int, form: dict[str, str]
) -> None:
    source = recording(tmp_path / name, call(channels, rate), rate, **form)
    assert_is_the_sound(review_copy(source, tmp_path / "copies", key=KEY), source, copied_hz, channels)


def test_the_header_states_the_sizes_that_are_there(tmp_path: Path) -> None:
    copy = review_copy(recording(tmp_path / "call.wav"), tmp_path / "copies", key=KEY)
    content = copy.sound.read_bytes()
    assert (b"RIFF", len(content) - 8, b"WAVE") == struct.unpack("<4sI4s", content[:12])
    assert (b"fmt ", 16, 1, 2, RATE, 4 * RATE, 4, 16) == struct.unpack("<4sIHHIIHH", content[12:36])
    assert (b"data", len(content) - 44, 3 * RATE * 4) == (*struct.unpack("<4sI", content[36:44]), len(content) - 44)


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100])
def test_a_moment_of_the_copy_is_the_same_moment_for_recognition(tmp_path: Path, rate: int) -> None:
    sound = np.zeros((20 * rate, 1), np.float32)
    sound[int(17.25 * rate)] = 0.9
    source = recording(tmp_path / "call.wav", sound, rate)
    copy = review_copy(source, tmp_path / "copies", key=KEY)
    (heard,) = decode(source, 16_000).tracks
    played, played_hz = soundfile.read(copy.sound)
    moments = [int(np.abs(played).argmax()) / played_hz, int(np.abs(heard.read(0, heard.frames)).argmax()) / 16_000]
    assert [17.25, 17.25] == pytest.approx(moments, abs=0.0002)
    assert (20_000, 20_000) == (copy.duration_ms, heard.duration_ms)


def test_sound_that_is_kept_in_a_file_and_longer_than_a_block_is_copied_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_module, "IN_MEMORY", 1000)
    noise = np.random.default_rng(1).uniform(-1, 1, (track_module.BLOCK * 2 + 77, 2)).astype(np.float32)
    source = recording(tmp_path / "call.wav", noise)
    assert_is_the_sound(review_copy(source, tmp_path / "copies", key=KEY), source, RATE, 2)


@pytest.mark.parametrize(
    ("seconds", "count"),
    [(3, 200), (20, 200), (25.25, 252), (450, 4000)],
)
def test_peaks_are_the_loudest_samples_of_equal_stretches(tmp_path: Path, seconds: float, count: int) -> None:
    sound = call(2, RATE, seconds)
    sound[-1, 1] = -1
    source = recording(tmp_path / "call.wav", sound)
    copy = review_copy(source, tmp_path / "copies", key=KEY)
    drawn = json.loads(copy.peaks.read_bytes())
    assert ["duration_ms", "channels"] == list(drawn)
    assert copy.duration_ms == drawn["duration_ms"] == round(seconds * 1000)
    expected = []
    for track in decode(source, RATE).tracks:
        edges = np.arange(count) * track.frames // count
        loudest = np.maximum.reduceat(np.abs(track.read(0, track.frames)), edges)
        expected.append([round(float(peak), 3) for peak in loudest])
    assert expected == drawn["channels"]
    assert 1.0 == drawn["channels"][1][-1]


def test_one_sample_and_silence_can_be_drawn(tmp_path: Path) -> None:
    tick = recording(tmp_path / "tick.wav", np.full((1, 1), 0.5, np.float32))
    copy = review_copy(tick, tmp_path / "copies", key=KEY)
    assert {"duration_ms": 0, "channels": [[0.5] * 200]} == json.loads(copy.peaks.read_bytes())
    nothing = recording(tmp_path / "nothing.wav", np.zeros((RATE, 2), np.float32))
    copy = review_copy(nothing, tmp_path / "copies", key=OTHER)
    assert {"duration_ms": 1000, "channels": [[0.0] * 200] * 2} == json.loads(copy.peaks.read_bytes())


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    source = recording(tmp_path / "call.mp3", rate=RATE, format="MP3")
    first, second = (review_copy(source, tmp_path / name, key=KEY) for name in ("one", "two"))
    assert first.sound.read_bytes() == second.sound.read_bytes()
    assert first.peaks.read_bytes() == second.peaks.read_bytes()
    assert first.peaks.read_bytes().startswith(b'{"duration_ms":')
    assert b" " not in first.peaks.read_bytes()


@pytest.mark.parametrize("channels", [1, 2])
def test_a_copy_is_made_once_and_given_without_its_source(tmp_path: Path, channels: int) -> None:
    source = recording(tmp_path / "call.wav", call(channels))
    copy = review_copy(source, tmp_path / "copies", key=KEY)
    before = copy.sound.stat().st_ino, copy.peaks.stat().st_ino
    source.unlink()
    assert copy == review_copy(source, tmp_path / "copies", key=KEY)
    assert before == (copy.sound.stat().st_ino, copy.peaks.stat().st_ino)
    assert [f"{KEY}.peaks.json", f"{KEY}.wav"] == names(tmp_path / "copies")


def test_a_tick_of_one_sample_is_made_once_too(tmp_path: Path) -> None:
    source = recording(tmp_path / "call.wav", np.full((1, 1), 0.5, np.float32))
    copy = review_copy(source, tmp_path / "copies", key=KEY)
    source.unlink()
    assert copy == review_copy(source, tmp_path / "copies", key=KEY)


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".peaks.json", None),
        (".peaks.json", b""),
        (".peaks.json", b'{"duration_ms":3000,"chan'),
        (".peaks.json", b"\xff\xfe\x00"),
        (".peaks.json", b"[]"),
        (".peaks.json", b'{"duration_ms":3000,"channels":[[0.1],[0.2]]}'),
        (".peaks.json", b'{"duration_ms":3000,"channels":[5,6]}'),
        (".peaks.json", json.dumps({"duration_ms": 2999, "channels": [[0.1] * 200] * 2}).encode()),
        (".peaks.json", json.dumps({"duration_ms": 3000, "channels": [[0.1] * 200]}).encode()),
        (".peaks.json", json.dumps({"duration_ms": 3000, "channels": [["x"] * 200] * 2}).encode()),
        (".wav", None),
        (".wav", b""),
        (".wav", b"RIFF"),
        (".wav", bytes(44 + 3 * RATE * 4)),
    ],
)
def test_a_broken_copy_is_made_anew(tmp_path: Path, suffix: str, content: bytes | None) -> None:
    source = recording(tmp_path / "call.wav")
    copy = review_copy(source, tmp_path / "copies", key=KEY)
    good = copy.sound.read_bytes(), copy.peaks.read_bytes()
    broken = tmp_path / "copies" / f"{KEY}{suffix}"
    if content is None:
        broken.unlink()
    else:
        broken.write_bytes(content)
    assert copy == review_copy(source, tmp_path / "copies", key=KEY)
    assert good == (copy.sound.read_bytes(), copy.peaks.read_bytes())


def test_a_wav_that_is_cut_off_has_a_tail_or_another_form_is_made_anew(tmp_path: Path) -> None:
    source = recording(tmp_path / "call.wav")
    copy = review_copy(source, tmp_path / "copies", key=KEY)
    good = copy.sound.read_bytes()
    for content in (good[:-4], good[:44], good + b"tail"):
        copy.sound.write_bytes(content)
        assert copy == review_copy(source, tmp_path / "copies", key=KEY)
        assert good == copy.sound.read_bytes()
    for form in ("PCM_24", "ULAW", "PCM_U8"):
        soundfile.write(copy.sound, call(), RATE, subtype=form)
        assert copy == review_copy(source, tmp_path / "copies", key=KEY)
        assert good == copy.sound.read_bytes()
    soundfile.write(copy.sound, call(3), RATE, subtype="PCM_16")
    assert copy == review_copy(source, tmp_path / "copies", key=KEY)


def test_several_may_make_the_same_copy_at_once(tmp_path: Path) -> None:
    source = recording(tmp_path / "call.wav", call(2, RATE, 30))
    alone = review_copy(source, tmp_path / "alone", key=KEY)
    start = Barrier(4)

    def make() -> ReviewCopy:
        start.wait()
        return review_copy(source, tmp_path / "copies", key=KEY)

    with ThreadPoolExecutor(4) as pool:
        copies = [each.result() for each in [pool.submit(make) for _ in range(4)]]
    assert 1 == len(set(copies))
    assert alone.sound.read_bytes() == copies[0].sound.read_bytes()
    assert alone.peaks.read_bytes() == copies[0].peaks.read_bytes()
    assert [f"{KEY}.peaks.json", f"{KEY}.wav"] == names(tmp_path / "copies")


@pytest.mark.parametrize(("step", "there"), [("_write_sound", []), ("_drawing", [f"{KEY}.wav"])])
def test_a_copy_that_is_interrupted_leaves_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, there: list[str]
) -> None:
    seen: list[str] = []

    def interrupted(*_: object) -> None:
        seen.extend(name for name in names(tmp_path / "copies") if name.startswith(KEY))
        raise KeyboardInterrupt

    source = recording(tmp_path / "call.wav")
    with monkeypatch.context() as patched:
        patched.setattr(review_copy_module, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            review_copy(source, tmp_path / "copies", key=KEY)
    assert (there, there) == (seen, names(tmp_path / "copies"))
    assert_is_the_sound(review_copy(source, tmp_path / "copies", key=KEY), source, RATE, 2)


def test_only_the_owner_may_read_a_copy(tmp_path: Path) -> None:
    copy = review_copy(recording(tmp_path / "call.wav"), tmp_path / "copies", key=KEY)
    assert [0o600, 0o600] == [file.stat().st_mode & 0o777 for file in (copy.sound, copy.peaks)]


@pytest.mark.parametrize(
    "key",
    ["", "../" + KEY[3:], KEY.upper(), KEY[:-1], KEY + "0", KEY + "\n", KEY[:-1] + "g", KEY[:-1] + "٣", "/" + KEY[1:]],
)
def test_a_key_that_is_no_digest_is_refused(tmp_path: Path, key: str) -> None:
    source = recording(tmp_path / "call.wav")
    with pytest.raises(ValueError, match="SHA-256"):
        review_copy(source, tmp_path / "copies", key=key)
    assert ["call.wav"] == names(tmp_path)


# -- what can be wrong


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "unreadable"), (b"", "empty"), (b"Dear Sir or Madam, " * 100, "not_audio")],
)
def test_a_recording_that_cannot_be_read_leaves_nothing_behind(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    source = tmp_path / "call.wav"
    if content is not None:
        source.write_bytes(content)
    before = names(tmp_path)
    with pytest.raises(AudioError) as error:
        review_copy(source, tmp_path / "copies", key=KEY)
    assert code == error.value.code
    assert before == names(tmp_path)


def test_six_channels_are_refused_as_by_the_decoder(tmp_path: Path) -> None:
    source = recording(tmp_path / "call.wav", call(6))
    with pytest.raises(AudioError) as error:
        review_copy(source, tmp_path / "copies", key=KEY)
    assert "too_many_channels" == error.value.code


def test_of_more_channels_the_first_two_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def four(path: Path, rate_hz: int) -> Decoded:
        return Decoded(tracks=decode(path, rate_hz).tracks * 2)

    monkeypatch.setattr(review_copy_module, "decode", four)
    source = recording(tmp_path / "call.wav")
    assert_is_the_sound(review_copy(source, tmp_path / "copies", key=KEY), source, RATE, 2)


def test_a_recording_that_breaks_off_is_copied_as_far_as_it_goes(tmp_path: Path) -> None:
    source = recording(tmp_path / "call.wav")
    source.write_bytes(source.read_bytes()[: 44 + RATE * 4])
    assert 1000 == review_copy(source, tmp_path / "copies", key=KEY).duration_ms


def test_a_folder_that_cannot_be_used_is_an_error_with_a_hint(tmp_path: Path) -> None:
    source = recording(tmp_path / "call.wav")
    (tmp_path / "file").touch()
    (tmp_path / "copies" / f"{KEY}.wav").mkdir(parents=True)
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "copies"):
        with pytest.raises(AudioError, match="Make room") as error:
            review_copy(source, folder, key=KEY)
        assert "review_folder" == error.value.code
        assert str(folder) in error.value.message
    assert [f"{KEY}.wav"] == names(tmp_path / "copies")


def test_a_full_disk_is_an_error_with_a_code_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AudioError, match="No space left") as error:
        review_copy(recording(tmp_path / "call.wav"), tmp_path / "copies", key=KEY)
    assert "review_folder" == error.value.code
    assert [] == names(tmp_path / "copies")


# -- what goes first when there is no more room


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """A folder with three copies of one second each, the first one used last, and files that are not ours."""
    folder = tmp_path / "copies"
    source = recording(tmp_path / "call.wav", call(1, RATE, 1))
    for days, key in enumerate((KEY, OTHER, THIRD)):
        review_copy(source, folder, key=key)
        age(folder, key, days + 1)
    (folder / "notes.txt").write_bytes(bytes(100_000))
    (folder / f"{KEY}.mp3").write_bytes(bytes(100_000))
    (folder / f"{'b' * 64}.wav").mkdir()
    (folder / f"{'c' * 64}.wav").symlink_to(source)
    return folder


def keys(folder: Path) -> list[str]:
    """The copies in the folder that are whole."""
    whole = [key for key in (KEY, OTHER, THIRD) if {f"{key}.wav", f"{key}.peaks.json"} <= set(names(folder))]
    assert 2 * len(whole) + 4 == len(names(folder))  # no halves, and nothing else is gone
    return whole


def size(folder: Path, key: str = KEY) -> int:
    return sum(file.stat().st_size for file in (folder / f"{key}.wav", folder / f"{key}.peaks.json"))


def test_what_was_used_longest_ago_goes_first(copies: Path) -> None:
    one = size(copies)
    for room, left in [
        (3 * one, [KEY, OTHER, THIRD]),
        (3 * one - 1, [KEY, OTHER]),
        (one, [KEY]),
        (one - 1, []),
        (0, []),
    ]:
        prune(copies, room)
        assert left == keys(copies)


def test_a_copy_that_is_given_again_was_used_now(copies: Path, tmp_path: Path) -> None:
    review_copy(tmp_path / "gone.wav", copies, key=THIRD)
    prune(copies, size(copies))
    assert [THIRD] == keys(copies)


def test_half_a_copy_counts_and_goes_as_a_whole_one_does(copies: Path) -> None:
    (copies / f"{THIRD}.peaks.json").unlink()
    prune(copies, 2 * size(copies))
    assert [KEY, OTHER] == keys(copies)


def test_what_a_killed_process_left_goes_and_what_is_being_written_stays(copies: Path) -> None:
    left, busy, strange = f".{KEY}.wav-1a_b2c3d.part", f".{KEY}.peaks.json-12345678.part", ".notes-12345678.part"
    for name in (left, busy, strange):
        (copies / name).write_bytes(b"RIFF")
    for name in (left, strange):
        os.utime(copies / name, (0, 0))
    prune(copies, 2**40)
    assert [False, True, True] == [(copies / name).exists() for name in (left, busy, strange)]
    assert (copies / f"{KEY}.wav").exists()


def test_files_that_vanish_while_room_is_made_are_no_error(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink

    def faster(path: Path, *, missing_ok: bool = False) -> None:
        unlink(path)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", faster)
    prune(copies, 0)
    assert [] == keys(copies)
    prune(copies / "gone", 0)


def test_a_folder_that_cannot_be_listed_is_an_error_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AudioError) as error:
        prune(tmp_path / "file", 0)
    assert "review_folder" == error.value.code
