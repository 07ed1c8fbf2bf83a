"""The commands as people run them: in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
Qa = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def qa(tmp_path: Path) -> Qa:
    """Runs `qa` with arguments in an empty folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        weights = os.environ.get("QA_MODELS_DIR", str(ROOT / "weights"))
        return subprocess.run(
            [sys.executable, "-c", "from qa_pipeline.cli import main; main()", *arguments],
            cwd=tmp_path,
            env=os.environ | {"QA_MODELS_DIR": weights, "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=False,
            timeout=250,
        )

    return run


def test_a_file_that_is_no_recording_gets_a_plain_error(qa: Qa, tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear sir or madam,", "utf-8")
    done = qa("call", "letter.wav")
    assert (1, "", True) == (done.returncode, done.stdout, "[not_audio]" in done.stderr)
    assert "Traceback" not in done.stderr


def test_a_scorecard_that_does_not_exist_names_those_that_do(qa: Qa, tmp_path: Path, weights: Callable) -> None:
    weights("whisper-base")
    done = qa("nightly", "--archive", str(tmp_path), "--scorecard", "nosuch")
    assert 2 == done.returncode
    there = "complaints-en, complaints-zh, general-en, general-zh, servqual-zh"
    assert f"There is no scorecard 'nosuch'. There are: {there}." in done.stderr


def test_a_wrong_archive_is_told_before_anything_runs(qa: Qa, tmp_path: Path) -> None:
    done = qa("nightly", "--archive", "nowhere", "--db", "sqlite:///new.db")
    assert (2, False) == (done.returncode, (tmp_path / "new.db").exists())
    assert "nowhere is no folder" in done.stderr


def test_reading_a_database_that_is_not_there_is_an_error_and_makes_none(qa: Qa, tmp_path: Path) -> None:
    for command in (["archive", "status"], ["export", "calls"], ["export", "appeals"]):
        done = qa(*command, "--db", "sqlite:///missing.db")
        assert (1, False) == (done.returncode, (tmp_path / "missing.db").exists())
        assert "store_missing" in done.stderr


def test_a_broken_scorecard_shows_every_fault_with_its_line(qa: Qa, tmp_path: Path) -> None:
    good = (ROOT / "scorecards" / "general-en" / "scorecard.yaml").read_text("utf-8")
    broken = good.replace("check: greeting", "check: greating", 1).replace("weight: 5", "weight: much", 1)
    (tmp_path / "mine.yaml").write_text(broken, "utf-8")
    done = qa("scorecard", "check", "mine.yaml")
    line = 1 + next(number for number, text in enumerate(broken.splitlines()) if "weight: much" in text)
    assert 2 == done.returncode
    assert f"mine.yaml:{line}: weight:" in done.stderr


def test_the_schema_beside_the_scorecards_is_up_to_date(qa: Qa) -> None:
    printed = json.loads(qa("scorecard", "schema").stdout)
    assert printed == json.loads((ROOT / "scorecards" / "schema.json").read_text("utf-8"))


@pytest.mark.models
def test_a_prefect_server_that_is_not_there_is_told_plainly(
    qa: Qa, tmp_path: Path, weights: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights("whisper-base")
    weights("multilingual-e5-small")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    (tmp_path / "calls").mkdir()
    done = qa("nightly", "--archive", "calls")
    assert (1, True) == (done.returncode, "[prefect_unreachable]" in done.stderr)
    assert "Traceback" not in done.stderr


@pytest.mark.models
@pytest.mark.slow
def test_one_call_is_judged_without_prefect_a_database_or_a_trace(
    qa: Qa, tmp_path: Path, weights: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside CI, where libraries tell the truth: nothing is written, into an empty home either."""
    weights("whisper-base")
    weights("multilingual-e5-small")
    for name in set(os.environ) - {"PATH", "LANG", "LD_LIBRARY_PATH", "QA_MODELS_DIR"}:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    done = qa("call", str(ROOT / "samples" / "audio" / "en-09.flac"), "--json")
    assert 0 == done.returncode, done.stderr
    call = json.loads(done.stdout)
    assert ("en-09", "en", 14) == (call["call_id"], call["language"], len(call["findings"]))
    assert {"agent", "customer"} == {turn["party"] for turn in call["turns"]}
    assert [home] == list(tmp_path.rglob("*"))


@pytest.mark.models
def test_models_are_listed_and_verified(qa: Qa, weights: Callable) -> None:
    weights("whisper-base")
    weights("multilingual-e5-small")
    assert "whisper-base: genuine" in qa("models", "verify").stdout
    assert 0 == qa("models", "list").returncode
    unknown = qa("models", "pull", "nosuch")
    assert (2, True) == (unknown.returncode, "There is no model 'nosuch'" in unknown.stderr)
