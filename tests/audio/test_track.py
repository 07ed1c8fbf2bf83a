"""Sound that is kept in memory or in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_pipeline.audio import track as track_module
from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import AudioError

NOISE = np.random.default_rng(1).uniform(-1, 1, 50_000).astype(np.float32)


@pytest.fixture(params=["memory", "file"])
def track(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Track:
    monkeypatch.setattr(track_module, "IN_MEMORY", 2**30 if request.param == "memory" else 1000)
    made = Track(rate_hz=8000)
    for at in range(0, len(NOISE), 777):
        made.append(NOISE[at : at + 777])
    return made


def test_what_went_in_comes_out_to_sixteen_bits(track: Track) -> None:
    assert (50_000, 6250) == (track.frames, track.duration_ms)
    np.testing.assert_allclose(track.read(0, track.frames), NOISE, atol=0.51 / 32767)


def test_slices_and_blocks_are_parts_of_it(track: Track) -> None:
    everything = track.read(0, track.frames)
    np.testing.assert_array_equal(track.slice_ms(100, 350), everything[800:2800])
    np.testing.assert_array_equal(np.concatenate(list(track.blocks(1001))), everything)
    assert [0, 0, 8] == [len(track.slice_ms(*span)) for span in ((500, 500), (9000, 9500), (6249, 9000))]


def test_samples_beyond_full_scale_are_limited() -> None:
    assert Track.of(np.array([-3, 3], np.float32), rate_hz=8000).read(0, 2).tolist() == [-1.0, 1.0]


def test_no_room_for_the_sound_is_an_error_with_a_code(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Track, "append", full)
    with pytest.raises(AudioError) as error:
        decode(repository / "samples/audio/en-01.flac", 16_000)
    assert error.value.code == "no_space"
