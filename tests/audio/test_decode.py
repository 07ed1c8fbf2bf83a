"""Every format of a telephone archive, and everything that can be wrong with a file."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from av.audio.resampler import AudioResampler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa_pipeline.audio.decode import Decoded, decode
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import AudioError

RATE = 8000
SECONDS = 3


def tones(channels: int = 2, rate: int = RATE, seconds: float = SECONDS) -> NDArray[np.float32]:
    """440 Hz on the left, 700 Hz at half the level on the right."""
    time = np.arange(int(rate * seconds)) / rate
    both = np.stack([0.4 * np.sin(2 * np.pi * 440 * time), 0.2 * np.sin(2 * np.pi * 700 * time)], axis=1)
    return both[:, :channels].astype(np.float32)


def pitch(samples: NDArray[np.float32], rate: int) -> int:
    return round(int(np.argmax(np.abs(np.fft.rfft(samples)))) * rate / len(samples))


def encode(path: Path, codec: str, container: str, *, layout: str = "stereo", rate: int = RATE) -> Path:
    sound = tones(2 if layout == "stereo" else 1, rate)
    with av.open(str(path), "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        resampler = AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate, frame_size=160)
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="flt", layout=layout)
        frame.sample_rate = rate
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return path


def wav(path: Path, **changes: object) -> Path:
    soundfile.write(path, changes.pop("data", tones()), RATE, format="WAV", **changes)
    return path


def patch(path: Path, at: int, data: bytes) -> Path:
    content = bytearray(path.read_bytes())
    content[at : at + len(data)] = data
    path.write_bytes(content)
    return path


def code_of(path: Path, **limits: int) -> str:
    with pytest.raises(AudioError) as error:
        decode(path, 16_000, **limits)
    with pytest.raises(AudioError) as earlier:
        probe(path, **limits)
    assert earlier.value.code == error.value.code
    return error.value.code


def assert_is_the_sound(decoded: Decoded, channels: int, rate: int) -> None:
    assert channels == len(decoded.tracks)
    for track, (hertz, level) in zip(decoded.tracks, [(440, 0.4), (700, 0.2)], strict=False):
        assert rate == track.rate_hz
        assert abs(track.duration_ms - SECONDS * 1000) <= 200  # AAC adds up to 1024 samples at both ends
        middle = track.slice_ms(500, 2500)
        assert abs(pitch(middle, rate) - hertz) <= 2
        assert abs(float(np.abs(middle).max()) / level - 1) < 0.15


@pytest.mark.parametrize(
    ("name", "container", "subtype", "channels"),
    [
        ("pcm16.wav", "WAV", "PCM_16", 2),
        ("pcm24.wav", "WAV", "PCM_24", 2),
        ("pcm8.wav", "WAV", "PCM_U8", 2),
        ("float.wav", "WAV", "FLOAT", 2),
        ("double.wav", "WAV", "DOUBLE", 2),
        ("mulaw.wav", "WAV", "ULAW", 2),
        ("alaw.wav", "WAV", "ALAW", 2),
        ("gsm.wav", "WAV", "GSM610", 1),
        ("adpcm.wav", "WAV", "IMA_ADPCM", 2),
        ("extensible.wav", "WAVEX", "PCM_16", 2),
        ("big.wav", "RF64", "PCM_16", 2),
        ("flac.flac", "FLAC", "PCM_16", 2),
        ("mp3.mp3", "MP3", "MPEG_LAYER_III", 2),
        ("mono.mp3", "MP3", "MPEG_LAYER_III", 1),
        ("vorbis.ogg", "OGG", "VORBIS", 2),
        ("opus.opus", "OGG", "OPUS", 2),
        ("misnamed.mp3", "WAV", "ULAW", 2),
        ("no_suffix", "FLAC", "PCM_16", 1),
    ],
)
def test_every_format_of_libsndfile_gives_its_channels(
    tmp_path: Path, name: str, container: str, subtype: str, channels: int
) -> None:
    path = tmp_path / name
    soundfile.write(path, tones(channels), RATE, format=container, subtype=subtype)
    media = probe(path)
    assert (RATE, channels) == (media.sample_rate_hz, media.channels)
    assert abs(media.duration_ms - SECONDS * 1000) < 200
    for rate in (8000, 16_000):
        decoded = decode(path, rate)
        assert_is_the_sound(decoded, channels, rate)
        assert decoded.flags == ()


@pytest.mark.parametrize(
    ("name", "codec", "layout", "rate"),
    [
        ("ipod.m4a", "aac", "stereo", 8000),
        ("adts.aac", "aac", "stereo", 8000),
        ("amr.amr", "amr_nb", "mono", 8000),
        ("3gp.3gp", "amr_nb", "mono", 8000),
        ("webm.webm", "libopus", "stereo", 48_000),
        ("ipod.m4a", "aac", "mono", 44_100),
    ],
)
def test_every_format_of_ffmpeg_gives_its_channels(
    tmp_path: Path, name: str, codec: str, layout: str, rate: int
) -> None:
    path = encode(tmp_path / name, codec, name.partition(".")[0], layout=layout, rate=rate)
    media = probe(path)
    assert rate == media.sample_rate_hz
    assert abs(media.duration_ms - SECONDS * 1000) <= 210
    decoded = decode(path, 16_000)
    assert_is_the_sound(decoded, 2 if layout == "stereo" else 1, 16_000)
    assert decoded.flags == ()


def test_amr_frames_of_silence_decode_to_their_length(tmp_path: Path) -> None:
    path = tmp_path / "call.amr"
    path.write_bytes(b"#!AMR\n" + (b"\x04" + bytes(12)) * 50)  # 4.75 kbit/s: 13 bytes for 20 ms
    assert probe(path).duration_ms == 1000
    assert [track.duration_ms for track in decode(path, 8000).tracks] == [1000]


def test_raw_gsm_is_read_by_its_name_and_its_frame_marks(tmp_path: Path) -> None:
    (tmp_path / "good.gsm").write_bytes((b"\xd2" + bytes(32)) * 100)
    (tmp_path / "letter.gsm").write_bytes(b"Dear Sir or Madam, " * 100)
    assert probe(tmp_path / "good.gsm").duration_ms == 2000
    assert code_of(tmp_path / "letter.gsm") == "not_audio"


@pytest.mark.parametrize("rate", [11_025, 44_100, 96_000])
def test_any_sample_rate_is_brought_to_the_one_asked_for(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "call.wav"
    soundfile.write(path, tones(2, rate), rate, subtype="PCM_24")
    decoded = decode(path, 16_000)
    assert_is_the_sound(decoded, 2, 16_000)
    assert [track.frames for track in decoded.tracks] == [SECONDS * 16_000] * 2


def test_sound_longer_than_a_block_is_the_same_as_read_at_once(tmp_path: Path) -> None:
    noise = (0.1 * np.random.default_rng(1).standard_normal((200_000, 2))).astype(np.float32)
    path = wav(tmp_path / "call.wav", data=noise, subtype="FLOAT")
    decoded = decode(path, RATE)
    for channel, track in enumerate(decoded.tracks):
        np.testing.assert_allclose(noise[:, channel], track.read(0, track.frames), atol=0.51 / 32767)


def test_the_same_file_gives_the_same_samples(tmp_path: Path) -> None:
    path = encode(tmp_path / "call.m4a", "aac", "ipod")
    first, second = decode(path, 16_000), decode(path, 16_000)
    for one, other in zip(first.tracks, second.tracks, strict=True):
        np.testing.assert_array_equal(one.read(0, one.frames), other.read(0, other.frames))


def test_one_sample_is_a_recording(tmp_path: Path) -> None:
    path = wav(tmp_path / "call.wav", data=np.full((1, 1), 0.5, np.float32), subtype="PCM_16")
    assert probe(path).duration_ms == 0
    assert decode(path, RATE).tracks[0].read(0, 9).tolist() == pytest.approx([0.5], abs=2**-15)


# -- what can be wrong


def test_nothing_in_the_file_is_empty(tmp_path: Path) -> None:
    for name in ("call.wav", "call.mp3", "call.amr"):
        (tmp_path / name).touch()
        assert code_of(tmp_path / name) == "empty"


@pytest.mark.parametrize(("container", "subtype"), [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("AIFF", "PCM_16")])
def test_a_header_without_samples_is_empty(tmp_path: Path, container: str, subtype: str) -> None:
    path = tmp_path / f"call.{container.lower()}"
    soundfile.write(path, np.zeros((0, 1)), RATE, format=container, subtype=subtype)
    assert code_of(path) == "empty"


@pytest.mark.parametrize("name", ["note.wav", "note.mp3", "note.amr", "note.m4a", "note.flac", "note.ogg", "note.raw"])
@pytest.mark.parametrize(
    "content",
    [
        "Meeting notes, not a recording. 会议记录。\n".encode() * 200,
        bytes(20_000),
        np.random.default_rng(0).bytes(20_000),
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"RIFF\x00\x10\x00\x00WEBPVP8 " + bytes(500),
        b"#EXTM3U\n#EXTINF:10,\n/etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/hostname'\n",
        b"v=0\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    ],
    ids=["text", "zeros", "noise", "picture", "webp", "playlist", "concat", "sdp"],
)
def test_what_is_no_sound_is_not_audio_whatever_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert code_of(path) == "not_audio"


def test_a_film_without_sound_is_unreadable_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "call.m4a"
    path.write_bytes(b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00isomiso2\x00\x00\x00\x08free" + bytes(200))
    assert code_of(path) == "unreadable"


def test_what_cannot_be_opened_is_unreadable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "dead.wav").symlink_to(tmp_path / "gone.wav")
    for name in ("pipe.wav", "folder.wav", "dead.wav", "gone.wav", "nul\0.wav"):
        assert code_of(tmp_path / name) == "unreadable"


@pytest.mark.parametrize(
    ("at", "data"),
    [
        (22, struct.pack("<H", 0)),  # no channels
        (22, struct.pack("<H", 65_535)),  # very many channels
        (24, struct.pack("<I", 0)),  # no sample rate
        (24, struct.pack("<I", 4_000_000_000)),
        (20, struct.pack("<H", 0x1234)),  # a codec that does not exist
        (16, struct.pack("<I", 0xFFFFFFF0)),  # a format chunk of 4 GB
    ],
)
def test_a_header_that_cannot_be_right_is_a_coded_failure(tmp_path: Path, at: int, data: bytes) -> None:
    path = patch(wav(tmp_path / "call.wav", subtype="PCM_16"), at, data)
    assert code_of(path) in {"unreadable", "truncated"}


def test_a_sample_rate_of_a_few_hertz_is_refused(tmp_path: Path) -> None:
    path = patch(wav(tmp_path / "call.wav", subtype="PCM_16"), 24, struct.pack("<I", 7))
    assert code_of(path) == "unreadable"


def test_six_channels_are_refused_with_a_hint(tmp_path: Path) -> None:
    path = wav(tmp_path / "call.wav", data=np.zeros((RATE, 6), np.float32), subtype="PCM_16")
    with pytest.raises(AudioError, match="one party on each channel") as error:
        probe(path)
    assert error.value.code == "too_many_channels"
    assert code_of(path) == "too_many_channels"


def test_a_recording_over_the_limit_is_refused(tmp_path: Path) -> None:
    for path in (wav(tmp_path / "call.wav", subtype="PCM_16"), encode(tmp_path / "call.m4a", "aac", "ipod")):
        assert code_of(path, max_duration_ms=2000) == "too_long"
        assert abs(probe(path, max_duration_ms=4000).duration_ms - 3000) <= 200


# -- files that break off or lie


def test_a_cut_off_wav_is_decoded_as_far_as_it_goes(tmp_path: Path) -> None:
    path = wav(tmp_path / "call.wav", subtype="PCM_16")
    path.write_bytes(path.read_bytes()[: 44 + RATE * 4])
    assert probe(path).duration_ms == 1000
    decoded = decode(path, RATE)
    assert decoded.flags == ("truncated",)
    assert [track.duration_ms for track in decoded.tracks] == [1000, 1000]


@pytest.mark.parametrize("keep", [44, 30, 20, 13])
def test_a_wav_cut_off_before_its_sound_is_truncated(tmp_path: Path, keep: int) -> None:
    path = wav(tmp_path / "call.wav", subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:keep])
    assert code_of(path) == "truncated"


@pytest.mark.parametrize(
    ("name", "container", "subtype"),
    [
        ("call.flac", "FLAC", "PCM_16"),
        ("call.mp3", "MP3", "MPEG_LAYER_III"),
        ("call.opus", "OGG", "OPUS"),
    ],
)
def test_other_cut_off_formats_are_decoded_as_far_as_they_go(
    tmp_path: Path, name: str, container: str, subtype: str
) -> None:
    path = tmp_path / name
    noise = 0.1 * np.random.default_rng(2).standard_normal((RATE * 10, 2))
    with soundfile.SoundFile(path, "w", RATE, 2, format=container, subtype=subtype) as file:
        for at in range(0, len(noise), 4000):  # the encoders of libsndfile dislike long writes
            file.write(noise[at : at + 4000])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    decoded = decode(path, RATE)
    assert "truncated" in decoded.flags
    assert 4500 < decoded.tracks[0].duration_ms < 6500
    assert abs(probe(path).duration_ms - decoded.tracks[0].duration_ms) < 600


def test_an_m4a_without_its_index_is_unreadable(tmp_path: Path) -> None:
    path = encode(tmp_path / "call.m4a", "aac", "ipod")
    path.write_bytes(path.read_bytes()[:12_000])
    assert code_of(path) == "unreadable"


def test_a_wav_whose_recorder_never_wrote_the_size_is_whole(tmp_path: Path) -> None:
    for size in (0, 0xFFFFFFFF):
        path = wav(tmp_path / f"{size}.wav", subtype="PCM_16")
        patch(path, path.read_bytes().index(b"data") + 4, struct.pack("<I", size))
        assert probe(path).duration_ms == 3000
        decoded = decode(path, 16_000)
        assert_is_the_sound(decoded, 2, 16_000)
        assert decoded.flags == ()


@pytest.mark.parametrize("claim", [2**32 - 1, 20 * 3600 * RATE, 10 * RATE])
def test_a_flac_header_that_claims_more_is_not_believed(tmp_path: Path, claim: int) -> None:
    path = tmp_path / "call.flac"
    soundfile.write(path, tones(), RATE)
    patch(path, 22, struct.pack(">I", claim))
    assert abs(probe(path).duration_ms - 3000) < 100
    decoded = decode(path, 16_000)
    assert_is_the_sound(decoded, 2, 16_000)
    assert decoded.flags == ("truncated",)


def test_damage_in_the_middle_is_reported_and_the_rest_decoded(tmp_path: Path) -> None:
    path = tmp_path / "call.mp3"
    soundfile.write(path, tones(), RATE, format="MP3")
    patch(path, path.stat().st_size // 2, bytes(range(7, 107)))
    decoded = decode(path, RATE)
    assert "damaged" in decoded.flags
    assert 2000 < decoded.tracks[0].duration_ms < 3000


def test_samples_that_are_no_numbers_become_silence_and_are_reported(tmp_path: Path) -> None:
    sound = tones()
    sound[100:200] = np.nan
    sound[300, 0], sound[301, 0] = np.inf, -np.inf
    decoded = decode(wav(tmp_path / "call.wav", data=sound, subtype="FLOAT"), 16_000)
    assert decoded.flags == ("non_finite_samples",)
    assert all(np.isfinite(track.read(0, track.frames)).all() for track in decoded.tracks)


@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "ALAW", "FLOAT"])
def test_clipping_is_reported_and_full_scale_alone_is_not(tmp_path: Path, subtype: str) -> None:
    loud, clipped = tones(1) * 2.4, np.clip(tones(1) * 5, -1, 1)
    assert decode(wav(tmp_path / "loud.wav", data=loud, subtype=subtype), RATE).flags == ()
    assert decode(wav(tmp_path / "clipped.wav", data=clipped, subtype=subtype), RATE).flags == ("clipped",)


def test_float_samples_far_beyond_full_scale_are_limited(tmp_path: Path) -> None:
    decoded = decode(wav(tmp_path / "call.wav", data=tones() * 1e30, subtype="FLOAT"), RATE)
    assert decoded.flags == ("clipped",)
    assert all(float(np.abs(track.read(0, track.frames)).max()) == 1.0 for track in decoded.tracks)


def test_a_file_name_may_hold_any_bytes(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.wav"))
    path.write_bytes(wav(tmp_path / "call.wav", subtype="PCM_16").read_bytes())
    assert_is_the_sound(decode(path, 16_000), 2, 16_000)


@pytest.fixture(scope="module")
def good_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("good")
    for name, container, subtype in [
        ("a.wav", "WAV", "ULAW"),
        ("b.flac", "FLAC", "PCM_16"),
        ("c.ogg", "OGG", "VORBIS"),
        ("d.mp3", "MP3", "MPEG_LAYER_III"),
        ("e.wav", "WAV", "IMA_ADPCM"),
    ]:
        soundfile.write(folder / name, tones(seconds=0.5), RATE, format=container, subtype=subtype)
    encode(folder / "f.m4a", "aac", "ipod")
    encode(folder / "g.amr", "amr_nb", "amr", layout="mono")
    return sorted(folder.iterdir())


@settings(max_examples=150, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_to_a_file_makes_decoding_crash_hang_or_swell(
    data: st.DataObject, good_files: list[Path], tmp_path: Path
) -> None:
    original = data.draw(st.sampled_from(good_files))
    content = bytearray(original.read_bytes())
    places = st.one_of(st.integers(0, 63), st.integers(0, len(content) - 1))
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=12)):
        content[at] = value
    path = tmp_path / original.name
    path.write_bytes(content[: data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))])
    assert outcome(path) in {"", "unreadable", "empty", "truncated", "not_audio", "too_many_channels", "too_long"}


def outcome(path: Path) -> str:
    """The code of the refusal, "" when the file is decoded and sound."""
    try:
        tracks = decode(path, 16_000, max_duration_ms=60_000).tracks
    except AudioError as error:
        return error.code
    assert len({track.frames for track in tracks}) == 1
    assert all(track.frames <= 61 * 16_000 and np.isfinite(track.read(0, track.frames)).all() for track in tracks)
    return ""
