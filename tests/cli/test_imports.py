"""`qa import transcripts`: what it prints, and wrong input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa_pipeline import assembly, batch
from qa_pipeline.cli.app import app
from qa_pipeline.domain import ConfigurationError
from qa_pipeline.pipeline import Parts
from qa_pipeline.settings import Settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.signals.holds import Holds
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.reviews import newest
from qa_pipeline.testing.fakes import EverythingIsSpeech, FakeEngine, OneVoice


def without_models(settings: Settings, scorecard: str | None) -> Parts:
    acts = Acts(assembly.phrase_acts(settings))
    return Parts(
        engine=FakeEngine(),
        finder=EverythingIsSpeech(),
        voices=OneVoice(),
        vocabulary=(),
        trust_channels="manifest",
        party_confidence=0.9,
        detectors=(acts, Holds()),
        detectors_version="1",
        checks=assembly.all_checks(),
        checks_version="1",
        scorecards=assembly.scorecards(settings, scorecard),
        languages=settings.languages,
        book_of=acts.book,
        phrases=acts.fingerprint,
    )


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    turn = {"party": "agent", "start_ms": 0, "end_ms": 900, "text": "Hello, how can I help you?"}
    lines = [
        {"call_id": "c1", "language": "en", "turns": [turn]},
        {"call_id": "c2", "language": "en", "turns": []},
    ]
    path = tmp_path / "heard.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return path


def test_it_prints_how_many_were_judged_and_what_to_do_next(
    heard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "parts_for", without_models)
    arguments = ["--db", f"sqlite:///{tmp_path}/qa.db"]
    command = ["import", "transcripts", str(heard), *arguments]
    first = CliRunner().invoke(app, command)
    assert 0 == first.exit_code, first.output
    assert "Judged: 1, of these for review: 1; failed: 1." in first.stdout.splitlines()
    assert [] == [name for name in ("qa archive status", "qa export calls") if name not in first.stdout]
    status = CliRunner().invoke(app, ["archive", "status", *arguments]).stdout
    assert ["transcript:heard.jsonl#c1,,c1,scored,needs_review", "transcript:heard.jsonl#c2,,c2,failed,no_speech"] == [
        row.rpartition(",")[0] for row in status.splitlines()[1:]
    ]
    assert 0 == CliRunner().invoke(app, command).exit_code
    assert status == CliRunner().invoke(app, ["archive", "status", *arguments]).stdout


def test_wrong_input_is_told_with_its_line_and_nothing_is_taken_in(heard: Path, tmp_path: Path) -> None:
    heard.write_text(heard.read_text("utf-8").replace('"c2", "language": "en"', '"c1", "language": "xx"'), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from qa_pipeline.cli import main; main()", "import", "transcripts", "heard.jsonl"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (2, "", False) == (done.returncode, done.stdout, (tmp_path / "qa.db").exists())
    assert ["language: The language 'xx' is not supported.", "call_id 'c1' stands in line 1 too"] == [
        line.partition("heard.jsonl:2: ")[2] for line in done.stderr.splitlines()[1:]
    ]


def test_reviews_are_taken_in_whole_or_not_at_all(heard: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "parts_for", without_models)
    db = f"sqlite:///{tmp_path}/qa.db"
    assert 0 == CliRunner().invoke(app, ["import", "transcripts", str(heard), "--db", db]).exit_code
    header, good = (
        "call_id,turn,kind,labels,reviewer,reviewed_at",
        "c1,0,act,greeting,Ann,2026-12-01\nc1,0,tone,neutral,Ann,2026-12-01",
    )
    file = tmp_path / "reviews.csv"
    file.write_text(f"{header}\n{good}\nc9,0,act,,Ann,2026-12-01\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"reviews\.csv:4: no call 'c9' is judged"):
        batch.import_reviews(Settings(db=db), file)
    with open_store(db) as store:
        assert () == newest(store)
    file.write_text(f"{header}\n{good}\n", "utf-8")
    done = CliRunner().invoke(app, ["import", "reviews", str(file), "--db", db])
    assert (0, "Reviews in the file, all kept: 2.\n") == (done.exit_code, done.stdout)
    with open_store(db) as store:
        assert ["Hello, how can I help you?"] * 2 == [one.text for one in newest(store)]
