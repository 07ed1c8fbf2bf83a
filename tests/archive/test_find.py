"""Every file and every manifest row has exactly one outcome."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from qa_pipeline.archive.find import Found, find
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import CallMeta, ConfigurationError, LedgerEntry, Media, Recording, Status

Record = Callable[..., Path]
look = partial(find, probe=probe)


def ids(found: Found) -> list[str]:
    return [recording.id for recording in found.recordings]


def codes(found: Found) -> list[tuple[str, str, str]]:
    return [(entry.recording, entry.status.value, entry.code) for entry in found.refused]


def test_recordings_come_sorted_with_path_as_id_and_a_hash_of_their_bytes(root: Path, record: Record) -> None:
    for name in ("b/2.wav", "b/10.wav", "a.wav", "Z.wav"):
        record(name)
    found = look(root)
    assert ids(found) == ["Z", "a", "b/10", "b/2"]
    first = found.recordings[0]
    assert first.sha256 == hashlib.sha256((root / "Z.wav").read_bytes()).hexdigest()
    assert first.uri == str(root / "Z.wav")
    assert first.meta == CallMeta(call_id="Z")
    assert first.media.duration_ms == 1000
    assert found.path_of == {"Z": "Z.wav", "a": "a.wav", "b/10": "b/10.wav", "b/2": "b/2.wav"}
    assert found.line_of == {}


def test_files_that_are_no_recordings_are_passed_over_and_counted(root: Path, record: Record) -> None:
    record("a.wav")
    for name in ("LICENSE", "notes.txt", "list.csv", "a.json", ".hidden.wav", "sub.pdf"):
        (root / name).write_text("{}")
    (root / ".git").mkdir()
    (root / ".git" / "x.wav").touch()
    found = look(root)
    assert (ids(found), found.refused, found.passed_over) == (["a"], (), 6)


def test_upper_case_endings_are_recordings_too(root: Path, record: Record) -> None:
    record("A.WAV")
    assert ids(look(root)) == ["A"]


def test_what_a_manifest_names_is_a_recording_whatever_it_is_called(
    root: Path, record: Record, manifest: Callable[..., Path]
) -> None:
    record("call.dat")
    record(".hidden")
    (root / "notes.txt").write_text("hello")
    table = manifest({"recording": "call.dat"}, {"recording": "notes.txt"}, {"recording": ".hidden"})
    found = look(root, manifest=table)
    assert ids(found) == [".hidden", "call"]
    assert codes(found) == [("notes.txt", "failed", "not_audio")]
    assert found.refused[0].line == 3
    assert found.passed_over == 1  # the manifest itself


def test_short_recordings_and_repeated_contents_are_skipped(root: Path, record: Record) -> None:
    record("b.wav", seed="same", seconds=6)
    record("a/copy.wav", seed="same", seconds=6)
    record("short.wav", seconds=1)
    found = look(root, min_duration_ms=5000)
    assert ids(found) == ["a/copy"]
    assert codes(found) == [("b.wav", "skipped", "duplicate"), ("short.wav", "skipped", "too_short")]
    assert found.refused[0].reason == "It has the same content as a/copy.wav."
    assert found.refused[1].reason == "It lasts 1 s, less than 5 s."


def test_of_equal_recordings_the_one_in_the_manifest_is_kept(
    root: Path, record: Record, manifest: Callable[..., Path]
) -> None:
    record("a.wav", seed="same")
    record("z.wav", seed="same")
    found = look(root, manifest=manifest({"recording": "z.wav", "agent_id": "A1"}))
    assert ids(found) == ["z"]
    assert codes(found) == [("a.wav", "skipped", "duplicate")]


def test_a_copy_of_a_recording_that_was_refused_is_no_duplicate(root: Path, record: Record) -> None:
    record("a.wav", seed="same")
    record("b.wav", seed="same")
    (root / "a.json").write_text("{broken")
    found = look(root)
    assert ids(found) == ["b"]
    assert codes(found) == [("a.wav", "failed", "bad_sidecar")]


def test_a_refused_row_is_the_outcome_of_its_recording(
    root: Path, record: Record, manifest: Callable[..., Path]
) -> None:
    record("a.wav")
    record("b.wav")
    table = manifest({"recording": "a.wav", "call_id": "C1", "csat": "good"}, {"recording": "b.wav", "csat": "4"})
    found = look(root, manifest=table)
    assert ids(found) == ["b"]
    assert found.refused == (
        LedgerEntry(
            archive=str(root),
            recording="a.wav",
            line=2,
            call_id="C1",
            status=Status.FAILED,
            code="bad_csat",
            reason="csat 'good' is no number. Leave it empty when there is none.",
        ),
    )


def test_a_second_row_for_a_recording_is_refused_and_the_recording_kept(
    root: Path, record: Record, manifest: Callable[..., Path]
) -> None:
    record("a.wav")
    table = manifest({"recording": "a.wav", "agent_id": "A1"}, {"recording": "./a.wav", "agent_id": "A2"})
    found = look(root, manifest=table)
    assert [recording.meta.agent_id for recording in found.recordings] == ["A1"]
    assert [(entry.line, entry.code) for entry in found.refused] == [(3, "duplicate_row")]


def test_manifest_wins_over_sidecar_and_sidecar_over_file_name(
    root: Path, record: Record, manifest: Callable[..., Path]
) -> None:
    record("x/AG7_vip_20261121-093000.wav")
    (root / "x/AG7_vip_20261121-093000.json").write_text(
        json.dumps({"agent_id": "side", "team": "Blue", "csat": 4, "queue": None, "shoe_size": 44})
    )
    table = manifest({"recording": "x/AG7_vip_20261121-093000.wav", "agent_id": "", "team": "Red"})
    pattern = r"(?P<agent_id>AG\d+)_(?P<queue>[a-z]+)_(?P<started_at>\d{8}-\d{6})"
    (recording,) = look(root, manifest=table, patterns=(pattern,)).recordings
    assert recording.meta == CallMeta(
        call_id="x/AG7_vip_20261121-093000",
        agent_id="side",
        team="Red",
        queue="vip",
        csat=4.0,
        started_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("sidecar", "code"),
    [
        ("{", "bad_sidecar"),
        ("[1]", "bad_sidecar"),
        ('{"agent_id": ["a", "b"]}', "bad_sidecar"),
        ("[" * 100_000, "bad_sidecar"),
        ('{"language": "fr"}', "language_unsupported"),
        ('{"started_at": "yesterday"}', "bad_date"),
        ('{"csat": NaN}', "bad_csat"),
        ('{"agent_name": "' + "x" * 501 + '"}', "value_too_long"),
        (" " * 1_000_001, "bad_sidecar"),
    ],
)
def test_a_bad_sidecar_fails_its_recording_only(root: Path, record: Record, sidecar: str, code: str) -> None:
    record("a.wav")
    record("b.wav")
    (root / "a.json").write_text(sidecar)
    found = look(root)
    assert ids(found) == ["b"]
    assert codes(found) == [("a.wav", "failed", code)]


def test_a_sidecar_that_is_no_utf_8_or_cannot_be_stored_is_handled(root: Path, record: Record) -> None:
    record("a.wav")
    record("b.wav")
    (root / "a.json").write_bytes('{"agent_name": "王芳"}'.encode("gb18030"))
    (root / "b.json").write_text('{"agent_name": "A\\u0000B \\ud800", "agent_id": 7}')
    found = look(root)
    assert codes(found) == [("a.wav", "failed", "bad_sidecar")]
    assert (found.recordings[0].meta.agent_name, found.recordings[0].meta.agent_id) == ("A B ?", "7")


def test_the_same_name_with_two_endings_keeps_its_ending_in_the_id(root: Path, record: Record) -> None:
    for name in ("a.wav", "a.mp3", "b.wav"):
        record(name)
    assert ids(look(root)) == ["a.mp3", "a.wav", "b"]


def test_a_call_id_belongs_to_one_recording(root: Path, record: Record, manifest: Callable[..., Path]) -> None:
    for name in ("a.wav", "b.wav", "c.wav", "x.wav"):
        record(name)
    (root / "b.json").write_text('{"call_id": "twin"}')
    (root / "c.json").write_text('{"call_id": "twin"}')
    found = look(root, manifest=manifest({"recording": "x.wav", "call_id": "a"}))
    assert ids(found) == ["a.wav", "twin", "a"]
    assert codes(found) == [("c.wav", "failed", "duplicate_call_id")]


def test_links_do_not_lead_out_of_the_archive_or_in_circles(root: Path, record: Record) -> None:
    record("day/a.wav")
    outside = record("../outside/secret.wav")
    (root / "day" / "loop").symlink_to(root)
    (root / "away").symlink_to(outside.parent)
    (root / "secret.wav").symlink_to(outside)
    (root / "gone.wav").symlink_to(root / "nowhere.wav")
    (root / "self.wav").symlink_to(root / "self.wav")
    (root / "b.wav").symlink_to(root / "day" / "a.wav")
    found = look(root)
    assert ids(found) == ["b"]
    assert codes(found) == [
        ("day/a.wav", "skipped", "duplicate"),
        ("gone.wav", "failed", "unreadable"),
        ("secret.wav", "failed", "outside_archive"),
        ("self.wav", "failed", "unreadable"),
    ]
    assert found.passed_over == 2


def test_an_archive_reached_through_a_link_is_an_archive(root: Path, record: Record) -> None:
    record("a.wav")
    (root.parent / "link").symlink_to(root)
    assert look(root.parent / "link").archive == str(root)
    assert ids(look(root.parent / "link")) == ["a"]


def test_pipes_and_names_that_are_no_utf_8_are_failures(root: Path, record: Record) -> None:
    record("a.wav")
    os.mkfifo(root / "pipe.wav")
    (Path(os.fsdecode(os.fsencode(root) + b"/\xff.wav"))).touch()
    found = look(root)
    assert ids(found) == ["a"]
    assert codes(found) == [("\\xff.wav", "failed", "bad_file_name"), ("pipe.wav", "failed", "unreadable")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied"), "It cannot be opened: Permission denied."),
        (ZeroDivisionError("a decoder's bug"), "It could not be examined (ZeroDivisionError)."),
    ],
)
def test_whatever_a_file_does_the_next_one_has_its_turn(
    root: Path, record: Record, error: Exception, reason: str
) -> None:
    record("a.wav")
    record("b.wav")

    def fails_on_a(path: Path) -> Media:
        if path.name == "a.wav":
            raise error
        return probe(path)

    found = find(root, probe=fails_on_a)
    assert ids(found) == ["b"]
    assert codes(found) == [("a.wav", "failed", "unreadable")]
    assert found.refused[0].reason == reason


def test_a_file_that_vanishes_between_probing_and_reading_is_a_failure(root: Path, record: Record) -> None:
    record("a.wav")

    def vanish(path: Path) -> Media:
        media = probe(path)
        path.unlink()
        return media

    assert codes(find(root, probe=vanish)) == [("a.wav", "failed", "unreadable")]


def test_a_folder_that_may_not_be_opened_is_a_failure(
    root: Path, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    record("a.wav")
    record("locked/b.wav")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path.name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = look(root)
    assert ids(found) == ["a"]
    assert codes(found) == [("locked", "failed", "unreadable")]


def test_all_faults_of_the_configuration_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        look(tmp_path / "gone", manifest=tmp_path / "gone.csv", patterns=("(", "(?P<shoe>x)", "abc"))
    assert [problem.where.partition(" ")[0] for problem in error.value.problems] == [
        "archive",
        "gone.csv",
        *["file-name"] * 3,
    ]


def test_a_pattern_that_takes_for_ever_costs_one_recording(root: Path, record: Record) -> None:
    record(f"{'a' * 60}.wav")
    record("b.wav")
    found = look(root, patterns=(r"^(?P<agent_id>(a|a)+)+$",))
    assert ids(found) == ["b"]
    assert [entry.code for entry in found.refused] == ["pattern_timeout"]


def test_the_ledger_entry_of_a_recording_has_its_path_and_line(
    root: Path, record: Record, manifest: Callable[..., Path]
) -> None:
    record("sub/a.wav")
    found = look(root, manifest=manifest({"recording": "sub\\a.wav", "call_id": "C9"}))
    entry = found.entry(found.recordings[0], Status.SKIPPED, "not_sampled", "why", 0.25)
    assert entry == LedgerEntry(
        archive=str(root),
        recording="sub/a.wav",
        line=2,
        call_id="C9",
        status=Status.SKIPPED,
        code="not_sampled",
        reason="why",
        inclusion_probability=0.25,
    )


def test_a_mixed_folder_of_200_files_gives_each_exactly_one_outcome(root: Path, record: Record) -> None:
    for number in range(100):
        record(f"good/{number:03}.wav", seconds=0.2)
    for number in range(20):
        record(f"copies/{number:03}.wav", seconds=0.2, seed=f"good/{number:03}.wav")
        record(f"short/{number:03}.wav", seconds=0.01)
        (root / f"empty{number}.wav").touch()
        (root / f"text{number}.mp3").write_text("this is no sound " * number + "!")
        cut = record(f"cut/{number:03}.wav")
        cut.write_bytes(cut.read_bytes()[:40])
    found = look(root, min_duration_ms=100)
    everything = [*found.path_of.values(), *(entry.recording for entry in found.refused)]
    on_disk = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    assert sorted(everything) == sorted(on_disk)
    assert len(everything) == 200
    assert Counter(entry.code for entry in found.refused) == {
        "duplicate": 20,
        "too_short": 20,
        "empty": 20,
        "not_audio": 20,
        "truncated": 20,
    }
    assert all(entry.reason for entry in found.refused)
    assert list(found) == [*found.recordings, *found.refused]


def test_the_order_of_the_file_system_does_not_matter(
    root: Path, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        record(f"{number % 3}/{number}.wav", seed=f"content {number // 2}")
    (root / "0" / "bad.wav").touch()
    first, scandir = look(root), os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: reversed(list(scandir(path))))
    assert look(root) == first


def test_thousands_of_recordings_take_no_quadratic_time(root: Path, manifest: Callable[..., Path]) -> None:
    media = Media(container="wav", codec="ULAW", sample_rate_hz=8000, channels=2, duration_ms=9000)
    for folder in range(15):
        (root / str(folder)).mkdir()
        for number in range(200):
            (root / str(folder) / f"{number}.wav").write_bytes(f"{folder} {number}".encode())
    rows = [{"recording": f"{folder}/{number}.wav"} for folder in range(15) for number in range(200)]
    found = find(root, probe=lambda _: media, manifest=manifest(*rows))
    assert len(found.recordings) == 3000
    assert isinstance(found.recordings[0], Recording)


def test_real_formats_side_by_side(root: Path) -> None:
    sound = 0.1 * np.random.default_rng(3).standard_normal((8000, 1))
    for name, container, subtype in [
        ("pcm.wav", "WAV", "PCM_16"),
        ("mulaw.wav", "WAV", "ULAW"),
        ("alaw.wav", "WAV", "ALAW"),
        ("gsm.wav", "WAV", "GSM610"),
        ("flac.flac", "FLAC", "PCM_16"),
        ("mp3.mp3", "MP3", "MPEG_LAYER_III"),
        ("opus.ogg", "OGG", "OPUS"),
    ]:
        soundfile.write(root / name, sound, 8000, format=container, subtype=subtype)
    (root / "amr.amr").write_bytes(b"#!AMR\n" + (b"\x04" + bytes(12)) * 50)
    found = look(root, min_duration_ms=900)
    assert found.refused == ()
    assert ids(found) == ["alaw", "amr", "flac", "gsm", "mp3", "mulaw", "opus", "pcm"]
