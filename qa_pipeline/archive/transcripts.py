"""Transcripts of another engine: a file of JSON lines, one call a line.

    {"call_id": "C-17", "language": "en",
     "turns": [{"party": "agent", "start_ms": 0, "end_ms": 1800, "text": "Good morning.", "confidence": 0.93}]}

`party` is agent, customer or unknown; `confidence` (0 to 1) may be left out and is 1 then. Turns stand in order of
their start and may overlap. Nothing else may stand in a line: a misspelt name would otherwise go unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from qa_pipeline.archive.fields import call_meta, plain_text
from qa_pipeline.archive.manifest import Manifest, read_manifest
from qa_pipeline.domain import (
    ArchiveError,
    ConfigurationError,
    Media,
    Party,
    Problem,
    Provenance,
    Recording,
    Transcript,
    Turn,
    TurnFlag,
    Word,
)
from qa_pipeline.text.normalise import simplify

ENGINE = "imported"
DOUBTFUL = 0.5  # confidence below which a turn is flagged, as one of our own engines would be (speech/guards.py)
_LONGEST_MS = 24 * 3_600_000  # more is no call: seconds of the day, or microseconds, taken for milliseconds
_SPEAKERS = {Party.AGENT: 0, Party.CUSTOMER: 1, Party.UNKNOWN: 0}


def _said(text: str) -> str:
    plain = plain_text(text)
    if not plain:
        raise ValueError("is empty")
    return plain


def _call_id(text: str) -> str:
    try:
        return call_meta({"call_id": _said(text)}, call_id="").call_id
    except ArchiveError as error:
        raise ValueError(str(error)) from error


def _language(text: str) -> str:
    try:
        return call_meta({"language": _said(text)}, call_id="").language
    except ArchiveError as error:
        raise ValueError(error.message) from error


_Time = Annotated[int, Field(ge=0, le=_LONGEST_MS)]


class _TurnLine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    party: Annotated[Party, Field(strict=False)]
    start_ms: _Time
    end_ms: _Time
    text: Annotated[str, AfterValidator(_said)]
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _forwards(self) -> _TurnLine:
        if self.end_ms < self.start_ms:
            raise ValueError("end_ms lies before start_ms")
        return self


class _CallLine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    call_id: Annotated[str, AfterValidator(_call_id)]
    language: Annotated[str, AfterValidator(_language)]
    turns: list[_TurnLine]


def read_transcripts(path: Path, manifest: Path | None = None) -> tuple[tuple[Recording, Transcript], ...]:
    """The calls of the file, in its order, with what the manifest says of those that it names by call_id.

    The recording stands for the sound that is not there: its content is the line. Raises ConfigurationError with file
    and line of every fault in both files; rows of calls that are not in the file are no concern of it.
    """
    problems: list[Problem] = []
    found: list[tuple[_CallLine, str]] = []
    line_of: dict[str, int] = {}
    for number, line in _lines(path, problems):
        call, faults = _call(line)
        name = _named(line)
        if name and (first := line_of.setdefault(name, number)) != number:
            faults.append(f"call_id {name!r} stands in line {first} too")
        problems += (Problem(where=path.name, line=number, message=fault) for fault in faults)
        if call and not faults:
            found.append((call, _sha256(line)))
    if not found and not problems:
        problems.append(Problem(where=path.name, message="no call stands in it"))
    said = _said_of(manifest, line_of, problems) if manifest else {}
    if problems:
        raise ConfigurationError("The transcripts cannot be taken.", problems=problems, code="transcripts")
    name = plain_text(path.name)
    return tuple((_recording(call, name, sha256, said), _transcript(call)) for call, sha256 in found)


def _lines(path: Path, problems: list[Problem]) -> Iterator[tuple[int, object]]:
    """Number (from 1) and value of each line that is not blank and is JSON; what is not goes to the problems."""
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.append(Problem(where=path.name, message=f"cannot be read: {error.strerror or error}"))
        return
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            problems.append(Problem(where=path.name, line=number, message="is no UTF-8"))
        except json.JSONDecodeError as error:
            message = f"is no JSON: {error.msg} at character {error.colno}"
            problems.append(Problem(where=path.name, line=number, message=message))
        except (ValueError, RecursionError):  # a number with thousands of digits, a thousand brackets
            problems.append(Problem(where=path.name, line=number, message="is no JSON that can be read"))
        else:
            yield number, value


def _call(line: object) -> tuple[_CallLine | None, list[str]]:
    """(the call, unless its form is wrong; what is wrong with it)."""
    faults = list(_disorder(line))
    try:
        return _CallLine.model_validate(line), faults
    except ValidationError as error:
        return None, [*(_fault(item["loc"], item["msg"]) for item in error.errors(include_input=False)), *faults]


def _named(line: object) -> str:
    """The call_id of a line, whatever else is wrong with it."""
    name = line.get("call_id") if isinstance(line, dict) else None
    return plain_text(name) if isinstance(name, str) else ""


def _fault(place: Sequence[str | int], message: str) -> str:
    """A fault in words; never with the value, which may be what a customer said.

    >>> _fault(("turns", 2, "party"), "Field required")
    'turn 3, party: Field required'
    """
    steps = [f"turn {step + 1}" if isinstance(step, int) else step for step in place]
    named = steps[1:] if len(steps) > 1 and steps[0] == "turns" else steps
    said = message.removeprefix("Value error, ").partition(" or instance of ")[0]
    return f"{', '.join(named) or 'the line'}: {said}"


def _disorder(line: object) -> Iterator[str]:
    """Turns that begin before the one above them; looked for by hand, so that no other fault hides them."""
    turns = line.get("turns") if isinstance(line, dict) else None
    latest: int | None = None
    for number, turn in enumerate(turns if isinstance(turns, list) else [], start=1):
        start = turn.get("start_ms") if isinstance(turn, dict) else None
        if type(start) is not int:
            continue
        if latest is not None and start < latest:
            yield f"turn {number}: begins before the turn above it; sort the turns by start_ms"
        latest = start


def _said_of(path: Path, line_of: Mapping[str, int], problems: list[Problem]) -> dict[str, Mapping[str, str]]:
    """What the manifest says of these calls."""
    table = Manifest()
    try:
        table = read_manifest(path, None)
    except ConfigurationError as error:
        problems += error.problems
    problems += (
        Problem(where=path.name, line=row.line, message=str(row.error))
        for row in table.refused
        if row.call_id in line_of or row.error.code == "bad_row"  # of a broken row nobody knows whose it is
    )
    return {row.said["call_id"]: row.said for row in table.rows if row.said.get("call_id") in line_of}


def _sha256(line: object) -> str:
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _recording(call: _CallLine, name: str, sha256: str, said: Mapping[str, Mapping[str, str]]) -> Recording:
    length_ms = max((turn.end_ms for turn in call.turns), default=0)
    return Recording(
        uri=f"transcript:{name}#{call.call_id}",
        sha256=sha256,
        media=Media(container="transcript", codec="", sample_rate_hz=0, channels=0, duration_ms=length_ms),
        meta=call_meta(said.get(call.call_id, {}), call_id=call.call_id),
    )


def _transcript(call: _CallLine) -> Transcript:
    """The line as a transcript.

    Where one turn is nobody's, all are: what it holds may be what the agent should have said, or should not have.
    """
    known = all(turn.party is not Party.UNKNOWN for turn in call.turns)
    return Transcript(
        turns=tuple(_turn(turn, call.language, turn.party if known else Party.UNKNOWN) for turn in call.turns),
        language=call.language,
        language_confidence=1.0,
        provenance=Provenance(engine=ENGINE, engine_version="1", model="unknown", model_sha256=""),
        flags=(ENGINE,) if known else (ENGINE, "parties_unknown"),
        separation=1.0 if known else 0.0,
        party_confidence=1.0 if known else 0.0,
    )


def _turn(turn: _TurnLine, language: str, party: Party) -> Turn:
    return Turn(
        party=party,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        text=simplify(turn.text) if language == "zh" else turn.text,
        words=_words(turn, language),
        confidence=turn.confidence,
        speaker=_SPEAKERS[party],
        flags=(TurnFlag.LOW_CONFIDENCE,) if turn.confidence < DOUBTFUL else (),
    )


def _words(turn: _TurnLine, language: str) -> tuple[Word, ...]:
    """The turn's words (Chinese: its characters), each with its share of the turn's time by its length."""
    texts: list[str] = turn.text.split()
    if language == "zh":
        texts = list("".join(texts))
    total, at = sum(map(len, texts)), 0
    words = []
    for text in texts:
        start, at = at, at + len(text)
        words.append(
            Word(
                text=text,
                start_ms=_moment(turn, start, total),
                end_ms=_moment(turn, at, total),
                probability=turn.confidence,
            )
        )
    return tuple(words)


def _moment(turn: _TurnLine, at: int, total: int) -> int:
    return turn.start_ms + round((turn.end_ms - turn.start_ms) * at / total)
