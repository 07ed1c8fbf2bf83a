"""`qa evaluate` over a database with three calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qa_pipeline.cli.app import app
from qa_pipeline.domain import ConfigurationError, StoreError, Verdict
from qa_pipeline.store import calls
from qa_pipeline.store.cards import read_cards
from qa_pipeline.store.engine import open_store
from qa_pipeline.testing.dummies import a_finding, a_recording, a_transcript, an_evaluation


@pytest.fixture
def db(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/qa.db"
    with open_store(url) as store:
        for number, verdict in enumerate((Verdict.PASS, Verdict.PASS, Verdict.UNSURE)):
            call_id = f"c{number}"
            recording = a_recording(call_id=call_id, uri=f"calls/{call_id}.wav", sha256=str(number))
            assert () == calls.upsert_recordings(store, [recording])
            calls.save_transcript(store, call_id, f"transcript-{call_id}", a_transcript())
            calls.save_evaluation(store, an_evaluation(call_id, findings=(a_finding("greeting", verdict),)))
    return url


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth.jsonl"
    said = {"c0": "pass", "c1": "fail", "c2": "pass", "gone": "pass"}
    lines = [{"call_id": call, "criteria": {"greeting": {"verdict": verdict}}} for call, verdict in said.items()]
    lines[0]["criteria"] |= {"smile": {"verdict": "pass"}}
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return path


def run(truth: Path, db: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", str(truth), "--db", db, *options])


def test_figures_are_printed_and_kept(truth: Path, db: str) -> None:
    done = run(truth, db)
    assert 0 == done.exit_code
    (line,) = [line for line in done.stdout.splitlines() if "greeting" in line]
    assert "general-en greeting en 3 1 1 1 0 0 0.50 (0.09–0.91) 0.50 (0.09–0.91)" in " ".join(line.split())
    with open_store(db) as store:
        (card,) = read_cards(store)
    assert ("general-en", "greeting", "en", 3, 1, 1, 1) == (
        card.scorecard,
        card.criterion,
        card.language,
        card.n,
        card.tp,
        card.fp,
        card.fn,
    )


def test_what_the_truth_names_and_nobody_judged_is_told_beside_the_table(truth: Path, db: str) -> None:
    assert [
        "Not judged, left out: gone",
        "The scorecard general-en has no criterion 'smile'; left out.",
    ] == run(truth, db).stderr.splitlines()


def test_markdown_is_a_table_of_as_many_cells_in_each_line(truth: Path, db: str) -> None:
    lines = run(truth, db, "--markdown").stdout.splitlines()
    assert (3, {16}) == (len(lines), {line.count("|") for line in lines})
    assert lines[0].startswith("| scorecard | criterion | language | n | TP |")


def test_misses_name_each_wrong_verdict_with_its_call(truth: Path, db: str) -> None:
    assert [
        "c1 greeting: fail, got pass (0.90): Because the test says so.",
        "c2 greeting: pass, got unsure (0.90): Because the test says so.",
    ] == run(truth, db, "--markdown", "--misses").stdout.splitlines()[3:]


def test_a_faulty_truth_is_wrong_input_and_keeps_nothing(truth: Path, db: str) -> None:
    truth.write_text("{", "utf-8")
    error = run(truth, db).exception
    assert isinstance(error, ConfigurationError)
    assert f"{truth}:1: no valid JSON" in str(error)
    with open_store(db) as store:
        assert () == read_cards(store)


def test_a_database_that_is_not_there_is_an_error_and_none_is_made(truth: Path, tmp_path: Path) -> None:
    error = run(truth, f"sqlite:///{tmp_path}/missing.db").exception
    assert isinstance(error, StoreError)
    assert ("store_missing", False) == (error.code, (tmp_path / "missing.db").exists())
