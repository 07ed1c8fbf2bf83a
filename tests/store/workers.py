"""What tests let other processes do: python workers.py WHAT URL."""

from __future__ import annotations

import json
import sys
import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_pipeline.store import calls, ledger
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.tables.calls import RunRow
from qa_pipeline.testing.dummies import a_finding, a_recording, a_transcript, an_evaluation

FINDINGS = tuple(a_finding(f"criterion_{number}") for number in range(14))


def count_up(session: Session) -> None:
    row = session.scalars(select(RunRow)).one()
    row.counts = json.dumps({"n": json.loads(row.counts)["n"] + 1})


def save_calls(url: str) -> None:
    """Calls without end, each told when it is kept."""
    with open_store(url) as store:
        for number in range(10_000):
            call_id = f"call-{number:05}"
            calls.upsert_recordings(store, [a_recording(call_id=call_id, uri=f"{call_id}.wav", sha256=call_id)])
            calls.save_transcript(store, call_id, f"transcript-{call_id}", a_transcript())
            calls.save_evaluation(store, an_evaluation(call_id, findings=FINDINGS))
            print(call_id, flush=True)  # noqa: T201 - the parent reads it


def stop_inside(url: str) -> None:
    """Half a transaction, then nothing more."""

    def work(session: Session) -> None:
        count_up(session)
        session.flush()
        print("inside", flush=True)  # noqa: T201 - the parent reads it
        time.sleep(60)

    with open_store(url) as store:
        store.write(work)


def main(what: str, url: str) -> None:
    if what == "count":
        with open_store(url) as store:
            for _ in range(50):
                store.write(count_up)
    elif what == "same":
        with open_store(url) as store:
            for number in range(30):
                call_id = f"call-{number}"
                recording = a_recording(call_id=call_id, uri=f"{call_id}.wav", sha256=call_id)
                assert calls.upsert_recordings(store, [recording]) == ()
                calls.save_transcript(store, call_id, f"transcript-{call_id}", a_transcript())
                calls.save_evaluation(store, an_evaluation(call_id))
                assert ledger.statuses(store) == ()
    elif what == "save":
        save_calls(url)
    elif what == "stop":
        stop_inside(url)
    else:
        open_store(url).close()


if __name__ == "__main__":
    main(*sys.argv[1:])
