"""`qa complaints` on a database."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa_pipeline import assembly
from qa_pipeline.cli.app import app
from qa_pipeline.domain import SignalKind, SignalSet
from qa_pipeline.store import calls
from qa_pipeline.store.engine import open_store
from qa_pipeline.testing.complaints import NEW_MATTER, made_up_complaints
from qa_pipeline.testing.dummies import an_evaluation
from qa_pipeline.testing.word_encoder import WordEncoder


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('db')}/qa.db"
    made_up = list(made_up_complaints())
    with open_store(url) as store:
        own = [replace(one.recording, uri=f"{one.recording.id}.wav", sha256=one.recording.id) for one in made_up]
        assert () == calls.upsert_recordings(store, own)
        for call in made_up:
            name = call.recording.id
            calls.save_transcript(store, name, f"transcript-{name}", call.transcript)
            found = SignalSet(kind="text", signals=call.signals, measured=frozenset(SignalKind))
            calls.save_signals(store, name, f"signals-{name}", found)
            calls.save_evaluation(store, an_evaluation(name, signal_sets=(f"signals-{name}",)))
    return url


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "sentence_encoder", lambda settings: WordEncoder("car park"))


def qa(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["complaints", *arguments], catch_exceptions=False)
    assert 0 == done.exit_code, done.output
    return done.output


def test_the_lists_are_printed(db: str) -> None:
    said = qa("--db", db)
    assert "2026-11-16 – 2026-11-22: 34 complaints of 84 judged calls" in said
    for words in ("Refund delay", "car park", "Complaint filed as enquiry", "overdue"):
        assert words in said


def test_json_has_everything_and_no_infinity(db: str) -> None:
    told = json.loads(qa("--db", db, "--json"), parse_constant=pytest.fail)
    assert ["refund_delay"] == [one["cause"] for one in told["causes"] if one["rises"]]
    assert told["emerging"]["found"][0]["examples"][0]["said"]["quote"] in NEW_MATTER["en"]
    assert "2026-11-22T17:16:00+08:00" == told["as_of"]


def test_an_earlier_day_is_another_report(db: str) -> None:
    told = json.loads(qa("--db", db, "--json", "--as-of", "2026-11-15"))
    assert ("2026-11-15T23:59:59.999999+08:00", 84, []) == (
        told["as_of"],
        told["judged"],
        [one["cause"] for one in told["causes"] if one["rises"]],
    )


def test_the_page_and_its_tables_are_written_and_nothing_else(db: str, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "agents.csv").write_text("mine", "utf-8")
    qa("--db", db, "--out", str(tmp_path))
    assert (tmp_path / "complaints.html").exists()
    assert "mine" == (tmp_path / "tables" / "agents.csv").read_text("utf-8")
    assert {"agents", "rises", "emerging", "mismatches", "repeats", "promises"} == {
        path.stem for path in (tmp_path / "tables").iterdir()
    }


def test_a_date_that_is_none_is_wrong_input(db: str) -> None:
    done = CliRunner().invoke(app, ["complaints", "--db", db, "--as-of", "yesterday"])
    assert 2 == done.exit_code
    assert "is no date" in done.output
