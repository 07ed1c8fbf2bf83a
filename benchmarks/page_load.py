"""How fast the page answers with 100,000 calls in its database, alone and with 50 reviewers at once.

    .venv/bin/python benchmarks/page_load.py [--calls 100000] [--reviewers 50] [--seconds 120] [--keep FOLDER]

A made-up call centre is multiplied in SQLite, the page runs in a process of its own. First every page is asked for
several times, alone: the median is printed. Then reviewers work at once: each walks from the queue to a call, decides
one criterion, comments, looks at the next, with one to three seconds of reading in between. Both run on the same
machine, so the reviewers take processor time from the page.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import httpx
import uvicorn

from qa_pipeline import accounts
from qa_pipeline.domain import Role, User
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.settings import load_settings
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.store.people import users
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.testing.stored import a_centre
from qa_pipeline.web.app import create_app
from qa_pipeline.web.desk import COOKIE

AGENTS_OF_EACH, TEAMS_OF_EACH, DAYS = 40, 10, 365
TIMES = 7
PART = {"HX-Request": "true"}  # as the page asks for what changes in place
CALLED = {  # column to what it becomes in the n-th copy
    "call_id": "call_id || '-' || n",
    "fingerprint": "fingerprint || '-' || n",
    "evaluation": "evaluation || '-' || n",
    "transcript": "transcript || '-' || n",
    "signal_set": "signal_set || '-' || n",
    "uri": "uri || n",
    "sha256": "sha256 || n",
    "agent_id": f"agent_id || '-' || (n % {AGENTS_OF_EACH})",
    "agent_name": f"agent_name || ' ' || (n % {AGENTS_OF_EACH})",
    "team": f"team || ' ' || (n % {TEAMS_OF_EACH})",
    "started_at": f"strftime('%Y-%m-%d %H:%M:%S.000000', started_at, '-' || (n % {DAYS}) || ' days')",
    "day": f"date(day, '-' || (n % {DAYS}) || ' days')",
}
TABLES = (
    "recording", "transcript", "signal_set", "evaluation", "evaluation_signals", "finding", "standing",
    "standing_verdict",
)  # fmt: skip


def main() -> None:
    """Makes the database, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--keep", type=Path, help="Folder whose database is used again, or made when there is none.")
    parser.add_argument("--serve", nargs=2, metavar=("URL", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve[0], int(asked.serve[1]))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{folder}/qa.db"
        if not (folder / "qa.db").exists():
            fill(url, asked.calls)
        with open_store(url) as store:
            people = reviewers(store, asked.reviewers)
            served(url, people, asked.seconds)


def fill(url: str, calls: int) -> None:
    """The made-up call centre, as many times as it takes."""
    began = time.monotonic()
    with open_store(url) as store:
        a_centre(store, (), each=1000)
        with store.engine.connect() as connection:
            raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute("PRAGMA synchronous=OFF")
            base = raw.execute("SELECT count(*) FROM recording").fetchone()[0]
            raw.execute("CREATE TEMP TABLE number (n INTEGER)")
            raw.executemany("INSERT INTO number VALUES (?)", [(n,) for n in range(1, -(-calls // base))])
            raw.execute("BEGIN")
            for table in TABLES:
                columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
                made = ", ".join(CALLED.get(column, f'"{column}"') for column in columns)
                names = ", ".join(f'"{column}"' for column in columns)
                raw.execute(f"INSERT INTO {table} ({names}) SELECT {made} FROM {table}, number")  # noqa: S608 - our own names
            raw.execute("COMMIT")
            raw.execute("ANALYZE")
    print(f"{calls} calls made in {time.monotonic() - began:.0f} s")


def reviewers(store: Store, number: int) -> list[tuple[User, accounts.Ticket]]:
    """Signed-in people: an administrator first, then reviewers."""
    known = {user.login: user for user in users.everybody(store)}
    found = []
    for n in range(number + 1):
        login = f"load-{n}"
        user = known.get(login) or users.add(
            store, User(id="", login=login, name=f"Reviewer {n}", role=Role.ADMIN if n == 0 else Role.REVIEWER), ""
        )
        found.append((user, accounts.open_session(store, user)))
    return found


def served(url: str, people: list[tuple[User, accounts.Ticket]], seconds: float) -> None:
    """Runs the page and both measurements."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, "--serve", url, str(port)])  # noqa: S603 - ourselves
    try:
        base = f"http://127.0.0.1:{port}"
        wait(base)
        alone(base, people[0])
        together(base, people[1:], seconds)
    finally:
        process.terminate()
        process.wait()


def serve(url: str, port: int) -> None:
    """The page over the made-up scorecards, which no file has."""
    with open_store(url) as store:
        app = create_app(store, load_settings(db=url), Scorecards(made_up_scorecards().values()))
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", proxy_headers=False, server_header=False)


def wait(base: str) -> None:
    """Until the page answers."""
    for _ in range(1200):
        try:
            httpx.get(f"{base}/sign-in")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The page does not answer.")


def browser(base: str, ticket: accounts.Ticket) -> httpx.Client:
    """A signed-in browser."""
    return httpx.Client(base_url=base, cookies={COOKIE: ticket.token}, timeout=60)


def alone(base: str, who: tuple[User, accounts.Ticket]) -> None:
    """Each page several times, nobody else there."""
    with browser(base, who[1]) as client:
        call = re.search(r'/call\?id=([^"&]+)', client.get("/queue").text)
        pages = (
            "/queue /queue?kind=unsure&offset=500 /agents /coaching /appeals /calibration /scorecards"
            " /scorecards/what-if /detectors /runs /admin /admin/audit /me"
        ).split()
        pages += [f"/call?id={call[1]}"] if call else []
        pages += ["/agent?id=A101-1", "/agents?team=North%201", "/agents/moments?agent=A101-1&criterion=greeting"]
        for page in pages:
            times, status = [], 0
            for _ in range(TIMES):
                began = time.monotonic()
                status = client.get(page).status_code
                times.append(1000 * (time.monotonic() - began))
            print(f"{page:42} {status}  median {statistics.median(times):6.0f} ms  most {max(times):6.0f} ms")


@dataclass
class Seen:
    """What the reviewers met: milliseconds by step, and answers that were none."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, client: httpx.Client, step: str, path: str, form: dict[str, str] | None = None) -> str:
        """One request, timed. A conflict (409) is an answer: somebody was faster."""
        began = time.monotonic()
        try:
            answer = client.post(path, data=form, headers=PART) if form is not None else client.get(path)
            fault = "" if answer.status_code in (200, 303, 409) else f"{step}: {answer.status_code}"
            text = answer.headers.get("location", "") or answer.text
        except httpx.HTTPError as error:
            fault, text = f"{step}: {type(error).__name__}", ""
        with self.lock:
            self.times[step].append(1000 * (time.monotonic() - began))
            if fault:
                self.faults[fault] += 1
        return text


def together(base: str, people: list[tuple[User, accounts.Ticket]], seconds: float) -> None:
    """Everybody at once."""
    seen, until = Seen(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=work, args=(base, ticket, seen, until, number))
        for number, (_, ticket) in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(ms for times in seen.times.values() for ms in times)
    print(f"{len(people)} reviewers, {seconds:.0f} s: {len(every)} answers, faults: {json.dumps(seen.faults)}")
    for step, times in [*seen.times.items(), ("all", every)]:
        times.sort()
        middle, late = times[len(times) // 2], times[int(0.95 * len(times))]
        print(f"{step:12} n {len(times):6}  median {middle:6.0f} ms  p95 {late:6.0f} ms")


def work(base: str, ticket: accounts.Ticket, seen: Seen, until: float, number: int) -> None:
    """One reviewer's day, in short."""
    chance = random.Random(number)  # noqa: S311 - for reading times
    pause(chance)
    with browser(base, ticket) as client:
        while time.monotonic() < until:
            seen.ask(client, "queue", "/queue")
            pause(chance)
            there = seen.ask(client, "take", "/queue/next", {"csrf": ticket.csrf})
            if not there.startswith("/call"):
                continue
            page = seen.ask(client, "call", there)
            for criterion in re.findall(r'data-criterion="([a-z_]+)"', page)[:2]:
                pause(chance)
                page = seen.ask(client, "decide", "/call/decide", confirmed(page, criterion)) or page
            pause(chance)
            remark = fields(page) | {"text": "Listened.", "moment": "0:01"}
            seen.ask(client, "comment", "/call/comment", remark)


def fields(page: str) -> dict[str, str]:
    """What every form of the call page carries."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("csrf", "id", "seen")}
    return {name: html.unescape(one[1]) for name, one in found.items() if one}


def confirmed(page: str, criterion: str) -> dict[str, str]:
    """The form that agrees with the machine on a criterion."""
    item = page.partition(f'data-criterion="{criterion}"')[2]
    # A call of the random slice does not show what the machine said: then the first answer.
    agrees = re.search(r'name="answer" value="([a-z_0-9]+)"[^>]*data-agrees', item) or re.search(
        r'name="answer" value="([a-z_0-9]+)"', item
    )
    return fields(page) | {"criterion": criterion, "answer": agrees[1] if agrees else ""}


def pause(chance: random.Random) -> None:
    """A reviewer reads and listens."""
    time.sleep(chance.uniform(1, 3))


if __name__ == "__main__":
    main()
