"""The whole night on real calls with real models, under Prefect's own temporary server."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qa_pipeline.reporting.calls_jsonl import write_jsonl
from qa_pipeline.speech.engines.faster_whisper import FasterWhisper
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.ledger import statuses
from qa_pipeline.store.queries import scored_calls

pytestmark = [pytest.mark.flows, pytest.mark.models, pytest.mark.slow]
CALLS = ("en-09", "zh-10")  # the shortest stereo calls


@pytest.fixture
def archive(tmp_path: Path, repository: Path, weights: Callable[[str], Path]) -> Path:
    weights("whisper-base")
    weights("multilingual-e5-small")
    folder = tmp_path / "archive"
    (folder / "audio").mkdir(parents=True)
    with (repository / "samples" / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["call_id"] in CALLS]
    for row in rows:
        shutil.copy(repository / "samples" / row["recording"], folder / row["recording"])
    (folder / "audio" / "broken.wav").write_bytes(b"RIFF\x24\x00\x00\x00WAVE")
    (folder / "README.txt").write_text("no recording", "utf-8")
    rows.append({**rows[0], "recording": "audio/nowhere.flac", "call_id": "gone"})
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return folder


def run(archive: Path, db: str, out: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    from flows.nightly import nightly

    monkeypatch.setenv("QA_DB", db)
    monkeypatch.setenv("QA_MODELS_DIR", os.environ.get("QA_MODELS_DIR", str(Path("weights").resolve())))
    return nightly(archive=str(archive), manifest=str(archive / "manifest.csv"), out=str(out))


def export(db: str) -> str:
    stream = io.StringIO()
    with open_store(db) as store:
        write_jsonl(scored_calls(store), stream)
    return stream.getvalue()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/qa.db"
        return
    url = os.environ.get("QA_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("QA_TEST_POSTGRES_URL names no PostgreSQL server")
    import psycopg

    name = f"flow_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_night_judges_every_call_and_a_second_one_transcribes_nothing(
    archive: Path, db: str, tmp_path: Path, prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert {"scored": 2, "failed": 2, "passed over": 2} == run(archive, db, out, monkeypatch)
    with open_store(db) as store:
        codes = {entry.recording: entry.code for entry in statuses(store)}
    assert ("not_found", True) == (codes["audio/nowhere.flac"], codes["audio/broken.wav"] not in ("scored", "pending"))
    first = export(db)
    pages = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert {Path("index.html"), Path("scorecards.xlsx")} <= set(pages)

    def never(*_: object) -> None:
        raise AssertionError("the second night transcribed something")

    monkeypatch.setattr(FasterWhisper, "recognise", never)
    assert {"scored": 2, "failed": 2, "passed over": 2} == run(archive, db, out, monkeypatch)
    assert first == export(db)
    assert pages == {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}

    calls = {json.loads(line)["call_id"]: json.loads(line) for line in first.splitlines()}
    assert set(CALLS) == set(calls)
    assert {14} == {len(call["findings"]) for call in calls.values()}
    assert calls["zh-10"]["signals"]["is_complaint"] is True


def test_prefect_never_sees_what_customers_said_nor_the_database(
    archive: Path, tmp_path: Path, prefect_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.client.orchestration import get_client

    db = f"sqlite:///{tmp_path}/secret-name.db"
    run(archive, db, tmp_path / "out", monkeypatch)
    said = [turn["text"] for line in export(db).splitlines() for turn in json.loads(line)["turns"]]
    with get_client(sync_client=True) as client:
        seen = "".join(
            model.model_dump_json()
            for model in [*client.read_flow_runs(), *client.read_task_runs(), *client.read_artifacts()]
        )
    assert "secret-name" not in seen
    assert not [text for text in said if len(text) > 12 and text in seen]
    assert "agent-scorecards" in seen
