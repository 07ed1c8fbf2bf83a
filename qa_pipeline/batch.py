"""Many calls: what a night does, without anybody to orchestrate it. The flows call these functions, one each.

Calls travel by id and counts come back, so that a shard can run in any process on any machine that sees the database
and the recordings.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from qa_pipeline import assembly, reviewing
from qa_pipeline.analytics.agent_scorecard import agent_scorecards
from qa_pipeline.analytics.complaints import complaint_report
from qa_pipeline.analytics.contacts import Contacts
from qa_pipeline.archive.find import find
from qa_pipeline.archive.plans import find_plan
from qa_pipeline.archive.reviews import read_reviews, refusal
from qa_pipeline.archive.sampling import draw
from qa_pipeline.archive.transcripts import read_transcripts
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import (
    AgentScorecard,
    ComplaintReport,
    ConfigurationError,
    EngineError,
    LedgerEntry,
    ModelError,
    Problem,
    QaError,
    Recording,
    Scorecard,
    Status,
    StoreError,
    Transcript,
)
from qa_pipeline.pipeline import Parts, judge_transcript, process
from qa_pipeline.reporting.report import write_reports
from qa_pipeline.settings import Settings
from qa_pipeline.store import calls, cards, ledger, reviews, runs
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.store.queries import scored_calls
from qa_pipeline.testing.pack_cases import failures

_log = structlog.get_logger(__name__)
_lock = threading.Lock()
_passed: set[tuple[Path, str, str]] = set()
_parts: dict[tuple[str, str | None], Parts] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What there is to do: shards of call ids, balanced by audio; what was found besides.

    `passed_over` counts files that are no recordings. Quotas that could not be filled are logged.
    """

    run_id: str
    archive: str
    shards: tuple[tuple[str, ...], ...]
    found: int
    refused: int
    passed_over: int
    not_taken: int


def refuse_failing_cases(settings: Settings, scorecard: str | None = None) -> None:
    """Runs the cases of the scorecards that are to judge, once in each process.

    Raises ConfigurationError naming file, line, case and criterion of each that does not come out as its author says.
    """
    parts = parts_for(settings, scorecard)
    known = {card.name: card for cards_of in parts.scorecards.values() for card in cards_of}
    for name, folder in parts.cases.items():
        if (folder, known[name].fingerprint, parts.detectors_version) in _passed:
            continue
        found = failures(known[name], folder, parts.detectors, parts.checks)
        if found:
            raise ConfigurationError(
                f"The scorecard {name} is not used: some of its cases do not come out as they should.",
                problems=[
                    Problem(where=one.where, line=one.line, message=f"case {one.case!r}: {one.what}") for one in found
                ],
                code="cases_failed",
                hint="`qa scorecard test` runs them.",
            )
        _passed.add((folder, known[name].fingerprint, parts.detectors_version))


def prepare(settings: Settings, *, archive: Path, manifest: Path | None, plan: str) -> Night:
    """Finds the recordings, draws the sample, and writes both into the ledger.

    Raises ConfigurationError (archive, manifest, plan) and StoreError before anything is worked on.
    """
    chosen = find_plan(plan, settings.scorecards_dir)
    found = find(
        archive,
        probe=probe,
        manifest=manifest,
        patterns=settings.filename_patterns,
        min_duration_ms=round(settings.min_duration_s * 1000),
    )
    sample = draw(chosen, found.recordings)
    with open_store(settings.db) as store:
        taken = [one for one in sample.calls if one.taken]
        refused = {entry.call_id: entry for entry in calls.upsert_recordings(store, [one.recording for one in taken])}
        entries = [*found.refused]
        # By line too: a later manifest has other lines, and the entries of the old ones are dropped below.
        done = {_place(entry) for entry in ledger.statuses(store, found.archive) if entry.status is Status.SCORED}
        for one in sample.calls:
            entry = partial(found.entry, one.recording, inclusion_probability=one.probability)
            if not one.taken:
                entries.append(entry(Status.SKIPPED, one.code, one.reason))
            elif one.recording.id in refused:
                why = refused[one.recording.id]
                entries.append(entry(why.status, why.code, why.reason))
            elif _place(pending := entry(Status.PENDING, "pending", "Found and taken; not judged yet.")) not in done:
                entries.append(pending)
        ledger.drop_moved(
            store, found.archive, [*entries, *(found.entry(one.recording, Status.PENDING, "", "") for one in taken)]
        )
        ledger.record(store, entries)
        run_id = runs.start_run(store, "nightly", {"archive": found.archive, "plan": plan, "taken": len(taken)})
    for short in sample.shortfalls:
        _log.warning("quota_not_filled", plan=plan, stratum=short.stratum, wanted=short.wanted, had=short.had)
    to_do = [one.recording for one in taken if one.recording.id not in refused]
    return Night(
        run_id=run_id,
        archive=found.archive,
        shards=shards(to_do, minutes=settings.shard_minutes),
        found=len(found.recordings),
        refused=len(found.refused) + len(refused),
        passed_over=found.passed_over,
        not_taken=len(sample.calls) - len(taken),
    )


def _place(entry: LedgerEntry) -> tuple[str, str, int | None]:
    return entry.call_id, entry.recording, entry.line


def shards(recordings: Iterable[Recording], *, minutes: float) -> tuple[tuple[str, ...], ...]:
    """Call ids in shards of about so many minutes of audio, order kept."""
    found: list[list[str]] = []
    room = 0.0
    for recording in recordings:
        if not found or room <= 0:
            found.append([])
            room = minutes * 60_000
        found[-1].append(recording.id)
        room -= recording.media.duration_ms
    return tuple(tuple(shard) for shard in found)


def work_off(
    settings: Settings,
    *,
    archive: str,
    call_ids: Sequence[str],
    scorecard: str | None = None,
    tell: Callable[[int], None] = lambda done: None,  # noqa: ARG005 - nobody listens by default
) -> dict[str, int]:
    """Judges these calls; each gets its entry in the ledger. Returns how many went where; `tell` hears of each call.

    Raises what is nobody's recording's fault: ModelError, StoreError, ConfigurationError, and, after all other calls
    are done, EngineError for calls that are worth another try.
    """
    counts: Counter[str] = Counter()
    again: EngineError | None = None
    with open_store(settings.db) as store:
        parts = replace(parts_for(settings, scorecard), precisions=cards.precisions(store))
        entries = {entry.call_id: entry for entry in ledger.statuses(store, archive)}
        for number, call_id in enumerate(call_ids, start=1):
            entry = entries.get(call_id)
            if entry is None:
                raise StoreError(f"Call {call_id} has no entry in the ledger.", code="unknown_call")
            judged, error = _judge(store, entry, parts)
            ledger.record(store, [judged])
            counts[judged.status] += 1
            if isinstance(error, EngineError) and error.transient:
                again = error
            tell(number)
    if again:
        raise again
    return dict(counts)


def import_transcripts(
    settings: Settings, *, file: Path, manifest: Path | None = None, scorecard: str | None = None
) -> dict[str, int]:
    """Takes another engine's transcripts in and judges them; each call gets its entry in the ledger.

    Returns how many were judged, how many of these need review, and how many failed. Raises ConfigurationError with
    every fault of file and manifest, or with the scorecards' failing cases, ModelError and StoreError.
    """
    found = read_transcripts(file, manifest)
    refuse_failing_cases(settings, scorecard)
    parts = parts_for(settings, scorecard)
    counts = {"judged": 0, "needs_review": 0, "failed": 0}
    with open_store(settings.db) as store:
        parts = replace(parts, precisions=cards.precisions(store))
        refused = {entry.call_id: entry for entry in calls.upsert_recordings(store, [one for one, _ in found])}
        for recording, transcript in found:
            entry = LedgerEntry(
                archive=recording.uri.partition("#")[0],
                recording=recording.uri,
                line=None,
                call_id=recording.id,
                status=Status.PENDING,
                code="pending",
                reason="",
            )
            if recording.id in refused:
                entry = replace(refused[recording.id], archive=entry.archive)
            else:
                entry, _ = _judge(store, entry, parts, transcript)
            ledger.record(store, [entry])
            counts["judged" if entry.status is Status.SCORED else "failed"] += 1
            counts["needs_review"] += entry.code == "needs_review"
    return counts


def import_reviews(settings: Settings, file: Path) -> int:
    """Takes in what people say of turns of judged calls; returns how many reviews the file has.

    Raises ConfigurationError with every fault of the file, those that the database shows too, and StoreError; then
    nothing is taken in.
    """
    found = read_reviews(file, assembly.review_labels(settings))
    with open_store(settings.db, create=False) as store:
        refused = reviews.take_in(store, [review for _, review in found])
    if refused:
        raise refusal(file, [(found[place][0], fault) for place, fault in refused])
    return len(found)


def parts_for(settings: Settings, scorecard: str | None) -> Parts:
    """The parts for these settings, put together once in each process: models are loaded once."""
    key = (settings.model_dump_json(), scorecard)
    with _lock:
        if key not in _parts:
            _parts.clear()  # another scorecard replaces the models of the last one
            _parts[key] = assembly.parts(settings, scorecard=scorecard)
        return _parts[key]


def report(settings: Settings, *, scorecard: str | None = None) -> tuple[AgentScorecard, ...]:
    """Aggregates all judged calls by agent and complaints over all, writes both, returns the agents' scorecards."""
    taxonomy = assembly.taxonomy(settings)
    contacts = Contacts(taxonomy=taxonomy)
    cards = _cards(settings, scorecard)
    with open_store(settings.db) as store:
        reviewing.settle(store, settings)
        found = agent_scorecards(contacts.watch(scored_calls(store)), cards, min_calls=settings.min_calls)
        write_reports(
            scored_calls(store),
            found,
            cards,
            settings.out,
            taxonomy=taxonomy,
            complaints=_complaint_report(contacts, settings),
        )
    return found


def complaints(settings: Settings, as_of: datetime | None = None) -> ComplaintReport:
    """Complaints over all judged calls; `as_of` without a time zone is on the calls' own clocks."""
    contacts = Contacts(taxonomy=assembly.taxonomy(settings), as_of=as_of)
    with open_store(settings.db, create=False) as store:
        for call in scored_calls(store):
            contacts.add(call)
    return _complaint_report(contacts, settings)


def _complaint_report(contacts: Contacts, settings: Settings) -> ComplaintReport:
    return complaint_report(
        contacts,
        partial(_encode, settings),
        repeat_days=settings.repeat_days,
        promise_hours=settings.promise_hours,
    )


def _encode(settings: Settings, texts: Sequence[str]) -> NDArray[np.float32]:
    """The texts' vectors; the encoder is looked for only when there are some."""
    return assembly.sentence_encoder(settings).encode(texts)


def agents(store: Store, settings: Settings, scorecard: str | None = None) -> tuple[AgentScorecard, ...]:
    """The agents' scorecards over all judged calls."""
    return agent_scorecards(scored_calls(store), _cards(settings, scorecard), min_calls=settings.min_calls)


def _cards(settings: Settings, scorecard: str | None) -> dict[tuple[str, str], Scorecard]:
    """The scorecards that calls may have been judged by, for their titles."""
    names = [None, scorecard] if scorecard else [None]
    found = [card for name in names for known in assembly.scorecards(settings, name).values() for card in known]
    return {(card.name, card.version): card for card in found}


def finish(settings: Settings, night: Night) -> dict[str, int]:
    """Closes the night's account; returns how many recordings have which status, and how many files are none."""
    with open_store(settings.db) as store:
        found = Counter(str(entry.status) for entry in ledger.statuses(store, night.archive))
        result = {**dict(sorted(found.items())), "passed over": night.passed_over}
        runs.finish_run(store, night.run_id, result)
    return result


def _judge(
    store: Store, entry: LedgerEntry, parts: Parts, heard: Transcript | None = None
) -> tuple[LedgerEntry, QaError | None]:
    """The entry of a call after it was judged, from its sound unless another engine has `heard` it already."""
    memory = assembly.StoreMemory(store)
    recording = calls.recording(store, entry.call_id)
    if recording is None:
        return _failed(entry, "unknown_call", "The recording is not in the database."), None
    try:
        judged = judge_transcript(recording, heard, parts, memory) if heard else process(recording, parts, memory)
        score = judged.score
    except (ModelError, StoreError):
        raise
    except QaError as error:
        _log.warning("call_failed", call_id=entry.call_id, code=error.code)
        return _failed(entry, error.code, str(error)), error
    except Exception as error:  # noqa: BLE001 - one bad recording never stops a night
        _log.error("call_broke", call_id=entry.call_id, error=type(error).__name__)
        return _failed(entry, "internal", f"Something broke in the program ({type(error).__name__})."), None
    reason = "Waits for a person." if score.needs_review else "Judged."
    return replace(
        entry, status=Status.SCORED, code="needs_review" if score.needs_review else "scored", reason=reason
    ), None


def _failed(entry: LedgerEntry, code: str, reason: str) -> LedgerEntry:
    return replace(entry, status=Status.FAILED, code=code, reason=reason)
