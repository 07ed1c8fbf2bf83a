"""Reading the transcripts of other engines: what a line becomes, and every fault with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa_pipeline.archive.transcripts import read_transcripts
from qa_pipeline.domain import CallMeta, ConfigurationError, Media, Party, Recording, Transcript, TurnFlag

Read = Callable[..., tuple[tuple[Recording, Transcript], ...]]


def turn(party: str, start_ms: int, end_ms: int, text: str, **more: object) -> dict[str, object]:
    return {"party": party, "start_ms": start_ms, "end_ms": end_ms, "text": text, **more}


def line(call_id: str = "c1", *turns: object, language: object = "en", **more: object) -> dict[str, object]:
    said = turns or (turn("agent", 0, 1000, "Good morning."),)
    return {"call_id": call_id, "language": language, "turns": list(said), **more}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a file of these lines (values, or text as it is), with a manifest of this text."""

    def write_and_read(*lines: object, manifest: str = "") -> tuple[tuple[Recording, Transcript], ...]:
        text = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in lines]
        (tmp_path / "heard.jsonl").write_text("\n".join(text), "utf-8")
        (tmp_path / "calls.csv").write_text(manifest, "utf-8")
        return read_transcripts(tmp_path / "heard.jsonl", tmp_path / "calls.csv" if manifest else None)

    return write_and_read


def faults(read: Read, *lines: object, manifest: str = "") -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        read(*lines, manifest=manifest)
    assert "transcripts" == error.value.code
    return [str(problem) for problem in error.value.problems]


def test_a_line_becomes_a_recording_without_sound_and_its_transcript(read: Read) -> None:
    said = line("c1", turn("agent", 0, 2000, "Good morning."), turn("customer", 1500, 1900, "Hi", confidence=0.75))
    ((recording, transcript),) = read(said)
    assert "transcript:heard.jsonl#c1" == recording.uri
    media = Media(container="transcript", codec="", sample_rate_hz=0, channels=0, duration_ms=2000)
    assert (media, CallMeta(call_id="c1"), ()) == (recording.media, recording.meta, recording.flags)
    assert ("en", 1.0, 1.0, "imported") == (
        transcript.language,
        transcript.language_confidence,
        transcript.party_confidence,
        transcript.provenance.engine,
    )
    assert ("imported",) == transcript.flags
    assert [(Party.AGENT, 0, 2000, "Good morning.", 1.0), (Party.CUSTOMER, 1500, 1900, "Hi", 0.75)] == [
        (one.party, one.start_ms, one.end_ms, one.text, one.confidence) for one in transcript.turns
    ]
    assert [0, 1] == [one.speaker for one in transcript.turns]


def test_words_share_the_time_of_their_turn_by_length(read: Read) -> None:
    ((_, transcript),) = read(line("c1", turn("agent", 1000, 2000, "one  three seven", confidence=0.5)))
    assert [("one", 1000, 1231, 0.5), ("three", 1231, 1615, 0.5), ("seven", 1615, 2000, 0.5)] == [
        (one.text, one.start_ms, one.end_ms, one.probability) for one in transcript.turns[0].words
    ]


def test_chinese_is_by_character_in_simplified_script_and_words_stay_as_heard(read: Read) -> None:
    ((_, transcript),) = read(line("c1", turn("agent", 0, 400, "請問 您"), language="zh-CN"))
    (said,) = transcript.turns
    assert ("zh", "请问 您") == (transcript.language, said.text)
    assert [("請", 0, 133), ("問", 133, 267), ("您", 267, 400)] == [
        (one.text, one.start_ms, one.end_ms) for one in said.words
    ]


def test_a_turn_that_its_engine_doubts_is_flagged(read: Read) -> None:
    turns = [turn("agent", n, n + 1, "Hello", confidence=sure) for n, sure in enumerate((0.49, 0.5))]
    ((_, transcript),) = read(line("c1", *turns))
    assert [(TurnFlag.LOW_CONFIDENCE,), ()] == [one.flags for one in transcript.turns]


def test_where_one_turn_is_nobodys_nobody_is_named(read: Read) -> None:
    turns = [turn("agent", 0, 1, "Hello"), turn("unknown", 2, 3, "Hello")]
    ((_, transcript),) = read(line("c1", *turns))
    assert [Party.UNKNOWN, Party.UNKNOWN] == [one.party for one in transcript.turns]
    assert (0.0, True) == (transcript.party_confidence, "parties_unknown" in transcript.flags)


def test_the_content_is_the_line_however_it_is_written(read: Read) -> None:
    said = line("c1")
    ((one, _),) = read(json.dumps(said))
    ((other, _),) = read("\ufeff", "  " + json.dumps(dict(reversed(said.items())), indent=None) + "\r", "")
    ((another, _),) = read(line("c1", turn("agent", 0, 1000, "Good evening.")))
    assert one.sha256 == other.sha256 != another.sha256


def test_a_call_without_turns_is_taken_and_left_to_be_judged(read: Read) -> None:
    ((recording, transcript),) = read({"call_id": "c1", "language": "en", "turns": []})
    assert (0, ()) == (recording.media.duration_ms, transcript.turns)


def test_every_fault_is_told_with_its_line(read: Read) -> None:
    found = faults(
        read,
        line("c1"),
        "{",
        "",
        line("c1"),
        line("c2", language="fr"),
        line("c3", turn("agent", 2000, 1000, "Hello"), turn("robot", 1500, 1600, " \n"), turn("agent", 9, 10, "Hi")),
        line("", turn("agent", -1, 1.5, "Hello", confidence=1.5), speed="fast"),
        {"call_id": "c4", "language": ""},
        "[1]",
    )
    assert [
        "heard.jsonl:2: is no JSON: Expecting property name enclosed in double quotes at character 2",
        "heard.jsonl:4: call_id 'c1' stands in line 1 too",
        "heard.jsonl:5: language: The language 'fr' is not supported.",
        "heard.jsonl:6: turn 1: end_ms lies before start_ms",
        "heard.jsonl:6: turn 2, party: Input should be 'agent', 'customer' or 'unknown'",
        "heard.jsonl:6: turn 2, text: is empty",
        "heard.jsonl:6: turn 2: begins before the turn above it; sort the turns by start_ms",
        "heard.jsonl:6: turn 3: begins before the turn above it; sort the turns by start_ms",
        "heard.jsonl:7: call_id: is empty",
        "heard.jsonl:7: turn 1, start_ms: Input should be greater than or equal to 0",
        "heard.jsonl:7: turn 1, end_ms: Input should be a valid integer",
        "heard.jsonl:7: turn 1, confidence: Input should be less than or equal to 1",
        "heard.jsonl:7: speed: Extra inputs are not permitted",
        "heard.jsonl:8: language: is empty",
        "heard.jsonl:8: turns: Field required",
        "heard.jsonl:9: the line: Input should be a valid dictionary",
    ] == found


def test_a_fault_never_repeats_what_was_said(read: Read) -> None:
    found = faults(read, line("c1", turn("agent", 0, 1, "my card is 4929", confidence="4929"), {"text": ["4929"]}))
    assert [] == [fault for fault in found if "4929" in fault]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "heard.jsonl: no call stands in it"),
        (b"\xff\xfe", "heard.jsonl:1: is no UTF-8"),
        (b"[" * 100_000, "heard.jsonl:1: is no JSON that can be read"),
        (b"1" * 10_000, "heard.jsonl:1: is no JSON that can be read"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "heard.jsonl").write_bytes(content)
    with pytest.raises(ConfigurationError) as error:
        read_transcripts(tmp_path / "heard.jsonl")
    assert [said] == [str(problem) for problem in error.value.problems]


def test_a_file_that_is_not_there_says_so_beside_the_faults_of_the_manifest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no\.jsonl: cannot be read(.|\n)*no\.csv: cannot be read"):
        read_transcripts(tmp_path / "no.jsonl", tmp_path / "no.csv")


def test_the_manifest_says_more_of_the_calls_that_it_names(read: Read) -> None:
    manifest = "recording,Call ID,team,csat\ngone.wav,c2,North,4\n,other,South,bad\n,c9,East,1\n,,West,2\n"
    found = read(line("c1"), line("c2"), manifest=manifest)
    assert [CallMeta(call_id="c1"), CallMeta(call_id="c2", team="North", csat=4.0)] == [one.meta for one, _ in found]


def test_faults_of_the_manifests_rows_are_told_with_those_of_the_file(read: Read) -> None:
    manifest = 'call_id,csat\nc1,bad\nc2,1\nc2,2\nc7,bad\nc7,"x\n'
    found = faults(read, line("c1"), line("c2", language="fr"), manifest=manifest)
    assert ["heard.jsonl:2", "calls.csv:2", "calls.csv:4", "calls.csv:6"] == [one.split(": ")[0] for one in found]


def test_a_manifest_needs_the_call_ids(read: Read) -> None:
    (fault,) = faults(read, line("c1"), manifest="recording,team\na.wav,North\n")
    assert "calls.csv:1: no column 'call_id'; the first line has: recording, team" == fault
