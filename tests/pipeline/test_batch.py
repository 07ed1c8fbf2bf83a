from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from qa_pipeline import batch
from qa_pipeline.domain import ConfigurationError, EngineError
from qa_pipeline.pipeline import Parts
from qa_pipeline.reporting.calls_jsonl import write_jsonl
from qa_pipeline.settings import Settings, load_settings
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.ledger import statuses
from qa_pipeline.store.queries import scored_calls
from qa_pipeline.testing.fakes import FakeEngine

Record = Callable[..., Path]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(db=f"sqlite:///{tmp_path}/qa.db", out=tmp_path / "out", shard_minutes=0.1)


@pytest.fixture
def archive(tmp_path: Path, record: Record) -> Path:
    folder = tmp_path / "archive"
    for number in range(4):
        record(folder / f"call-{number}.wav", seed=number)
    (folder / "notes.txt").write_text("no recording", "utf-8")
    return folder


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch, parts: Parts) -> None:
    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: parts)


def night(settings: Settings, archive: Path, manifest: Path | None = None) -> dict[str, int]:
    found = batch.prepare(settings, archive=archive, manifest=manifest, plan="all")
    for shard in found.shards:
        batch.work_off(settings, archive=found.archive, call_ids=shard)
    return statuses_of(batch.finish(settings, found))


def statuses_of(counts: dict[str, int]) -> dict[str, int]:
    return {status: n for status, n in counts.items() if status != "passed over"}


def export(settings: Settings) -> str:
    with open_store(settings.db) as store:
        stream = io.StringIO()
        write_jsonl(scored_calls(store), stream)
    return stream.getvalue()


def ledger(settings: Settings) -> dict[str, tuple[str, str]]:
    with open_store(settings.db) as store:
        return {entry.recording: (entry.status, entry.code) for entry in statuses(store)}


def test_every_recording_is_judged_and_other_files_are_passed_over(settings: Settings, archive: Path) -> None:
    found = batch.prepare(settings, archive=archive, manifest=None, plan="all")
    assert (4, 1, 0) == (found.found, found.passed_over, found.refused)
    assert {"scored": 4} == night(settings, archive)


def test_a_second_night_transcribes_nothing_and_changes_nothing(
    settings: Settings, archive: Path, engine: FakeEngine
) -> None:
    night(settings, archive)
    before, windows = export(settings), engine.windows
    night(settings, archive)
    assert windows == engine.windows
    assert before == export(settings)


def test_a_night_that_was_killed_goes_on_where_it_stopped(
    settings: Settings, archive: Path, engine: FakeEngine
) -> None:
    def killed(done: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    found = batch.prepare(replace_shards(settings), archive=archive, manifest=None, plan="all")
    with pytest.raises(KeyboardInterrupt):
        batch.work_off(settings, archive=found.archive, call_ids=found.shards[0], tell=killed)
    done = engine.windows
    assert ("pending", "pending") in ledger(settings).values()
    assert {"scored": 4} == night(settings, archive)
    assert 2 * done == engine.windows


def replace_shards(settings: Settings) -> Settings:
    return settings.model_copy(update={"shard_minutes": 60.0})


def test_one_broken_recording_never_stops_a_night(settings: Settings, archive: Path) -> None:
    (archive / "broken.wav").write_bytes(b"RIFF\x00\x00")
    assert {"scored": 4, "failed": 1} == night(settings, archive)


def test_an_error_of_the_program_is_recorded_and_the_night_goes_on(
    settings: Settings, archive: Path, engine: FakeEngine, record: Record
) -> None:
    record(archive / "loud.wav", seed=9, level=0.9)
    engine.error = ZeroDivisionError("customer said so and so")
    assert {"scored": 4, "failed": 1} == night(settings, archive)
    assert ("failed", "internal") == ledger(settings)["loud.wav"]


def test_a_passing_trouble_is_raised_after_all_other_calls_are_done(
    settings: Settings, archive: Path, engine: FakeEngine, record: Record, passing_trouble: EngineError
) -> None:
    record(archive / "aloud.wav", seed=9, level=0.9)
    engine.error = passing_trouble
    found = batch.prepare(replace_shards(settings), archive=archive, manifest=None, plan="all")
    with pytest.raises(EngineError) as caught:
        batch.work_off(settings, archive=found.archive, call_ids=found.shards[0])
    assert caught.value.transient
    assert {"scored": 4, "failed": 1} == statuses_of(batch.finish(settings, found))
    engine.error = None
    assert {"scored": 5} == night(settings, archive)


def test_another_scorecard_judges_again_without_transcribing(
    settings: Settings, archive: Path, engine: FakeEngine, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(settings, archive)
    windows, before = engine.windows, export(settings)
    card = replace(parts.scorecards["en"][0], version="2", fingerprint="another")
    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: replace(parts, scorecards={"en": (card,)}))
    night(settings, archive)
    assert windows == engine.windows
    assert before == export(settings)  # the same verdicts, now under version 2
    with open_store(settings.db) as store:
        assert {"2"} == {call.score.scorecard_version for call in scored_calls(store)}


def test_what_a_later_manifest_says_reaches_a_judged_call_without_transcribing(
    settings: Settings, archive: Path, engine: FakeEngine, tmp_path: Path
) -> None:
    night(settings, archive)
    windows = engine.windows
    manifest = tmp_path / "later.csv"
    manifest.write_text("recording,category,resolved_at\ncall-0.wav,late refund,2026-11-22T08:00:00+08:00\n", "utf-8")
    night(settings, archive, manifest)
    assert windows == engine.windows
    with open_store(settings.db) as store:
        told = {call.recording.id: call.recording.meta for call in scored_calls(store)}
    assert ("late refund", datetime(2026, 11, 22, tzinfo=UTC)) == (told["call-0"].category, told["call-0"].resolved_at)
    assert (4, "") == (len(told), told["call-1"].category)


def test_a_call_without_a_scorecard_for_its_language_is_a_recorded_failure(
    settings: Settings, archive: Path, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: replace(parts, scorecards={}))
    assert {"failed": 4} == night(settings, archive)
    assert {("failed", "language_unsupported")} == set(ledger(settings).values())


def test_a_changed_file_is_judged_anew(settings: Settings, archive: Path, engine: FakeEngine, record: Record) -> None:
    night(settings, archive)
    windows = engine.windows
    record(archive / "call-0.wav", seed=77)
    night(settings, archive)
    assert windows * 5 == engine.windows * 4


def test_wrong_input_is_told_before_anything_is_written(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        batch.prepare(settings, archive=tmp_path / "nowhere", manifest=None, plan="all")
    with pytest.raises(ConfigurationError, match="no sampling plan"):
        batch.prepare(settings, archive=tmp_path, manifest=None, plan="nosuch")
    assert not (tmp_path / "qa.db").exists()


def test_shards_hold_about_as_much_audio_each(settings: Settings, archive: Path) -> None:
    found = batch.prepare(settings, archive=archive, manifest=None, plan="all")
    assert [1, 1, 1, 1] == [len(shard) for shard in found.shards]
    wide = batch.prepare(settings.model_copy(update={"shard_minutes": 0.2}), archive=archive, manifest=None, plan="all")
    assert [2, 2] == [len(shard) for shard in wide.shards]


def test_a_quota_that_cannot_be_filled_is_logged(settings: Settings, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "site" / "sampling").mkdir(parents=True)
    (tmp_path / "site" / "sampling" / "ten.yaml").write_text("name: ten\ntake: {per_agent: 10}\n", "utf-8")
    site = settings.model_copy(update={"scorecards_dir": tmp_path / "site"})
    with capture_logs() as logs:
        batch.prepare(site, archive=archive, manifest=None, plan="ten")
    assert [("quota_not_filled", "agent_id=", 4, 10)] == [
        (one["event"], one["stratum"], one["had"], one["wanted"]) for one in logs
    ]
