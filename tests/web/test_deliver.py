from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import update

from qa_pipeline.domain import User, Verdict
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store.desk import decisions
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import deliveries
from qa_pipeline.store.outgoing.deliveries import Delivery
from qa_pipeline.store.tables.accounts import DeliveryRow, WebhookRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.web.deliver import deliver_due, delivering, send, signature

SECRET = "a secret shared with the receiver"  # noqa: S105 - of a test
Headers = dict[str, str]


@dataclass
class Receiver:
    """A receiver on loopback: `answers` are its statuses one after the other, the last one for good."""

    answers: list[int] = field(default_factory=lambda: [200])
    got: list[tuple[Headers, bytes]] = field(default_factory=list)
    act: Callable[[BaseHTTPRequestHandler], bool] = lambda _: False
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    here = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            here.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            if here.act(self):
                return
            status = here.answers.pop(0) if len(here.answers) > 1 else here.answers[0]
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_port}/hook?from=qa"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


def hook(store: Store, people: dict[str, User], url: str, *events: str) -> None:
    row = {"url": url, "secret": SECRET, "events": json.dumps(events), "active": True}
    store.write(lambda session: session.add(WebhookRow(**row, created_by=people["ada"].id, created_at=now())))


def overrule(store: Store, people: dict[str, User], *, seen: int = 0) -> None:
    word = Word(criterion="greeting", verdict=Verdict.FAIL, reason="The customer's name was Mr Secret.")
    refold = Scorecards(made_up_scorecards().values()).refold
    decisions.decide(store, people["rosa"], "A101-000", word, seen=seen, refold=refold)


def hurry(store: Store) -> None:
    store.write(lambda session: session.execute(update(DeliveryRow).values(next_at=now())))


def a_delivery(url: str) -> Delivery:
    return Delivery(id=7, url=url, secret=SECRET, event="score.changed", payload="{}", attempts=1)


def test_a_changed_score_is_told_signed_and_without_words(
    store: Store, people: dict[str, User], receiver: Receiver
) -> None:
    hook(store, people, receiver.url, "score.changed")
    overrule(store, people)
    assert 1 == deliver_due(store)
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert {"event", "at", "call_id", "before", "after"} == set(told)
    assert ("A101-000", True) == (told["call_id"], told["after"] < told["before"])
    assert b"Secret" not in body
    (known,) = deliveries.recent(store)
    assert ("score.changed", str(known.id)) == (headers["X-QA-Event"], headers["X-QA-Delivery"])
    assert abs(time.time() - int(headers["X-QA-Timestamp"])) < 60
    assert signature(SECRET, headers["X-QA-Timestamp"], body) == headers["X-QA-Signature"]
    assert known.delivered_at is not None
    assert 0 == deliver_due(store)


def test_a_changed_body_secret_or_time_has_another_signature() -> None:
    right = signature(SECRET, "1", b"{}")
    others = (signature(SECRET, "1", b"{ }"), signature("other", "1", b"{}"), signature(SECRET, "2", b"{}"))
    assert right not in others


def test_a_receiver_that_fails_twice_gets_it_the_third_time(
    store: Store, people: dict[str, User], receiver: Receiver
) -> None:
    receiver.answers = [500, 503, 204]
    hook(store, people, receiver.url, "score.changed")
    overrule(store, people)
    for error in ("HTTP 500", "HTTP 503", ""):
        hurry(store)
        assert 1 == deliver_due(store)
        assert error == deliveries.recent(store)[0].error
        assert 0 == deliver_due(store)
    assert 3 == len(receiver.got)
    assert 1 == len({headers["X-QA-Delivery"] for headers, _ in receiver.got})
    assert deliveries.recent(store)[0].delivered_at is not None


@pytest.mark.parametrize("status", [301, 307, 404, 410])
def test_redirects_are_not_followed_and_count_as_failures(receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    assert f"HTTP {status}" == send(a_delivery(receiver.url))
    assert 1 == len(receiver.got)


def test_a_receiver_that_hangs_is_left(receiver: Receiver) -> None:
    hung = threading.Event()
    receiver.act = lambda _: hung.wait(20)
    began = time.monotonic()
    assert "no answer within 0.3 s" == send(a_delivery(receiver.url), timeout_s=0.3)
    hung.set()
    assert time.monotonic() - began < 5


def test_a_receiver_that_answers_a_byte_at_a_time_is_left(receiver: Receiver) -> None:
    left = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> bool:
        try:
            for _ in range(200):
                handler.wfile.write(b"X")
                handler.wfile.flush()
                if left.wait(0.1):
                    break
        except OSError:
            pass
        return True

    receiver.act = drip
    began = time.monotonic()
    assert "no answer within 0.5 s" == send(a_delivery(receiver.url), timeout_s=0.5)
    left.set()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://127.0.0.1/", "http://", "nonsense", "http://127.0.0.1:99999/", "http://127.0.0.1:1/"],
)
def test_what_is_no_address_or_does_not_answer_is_an_error_and_no_fault(url: str) -> None:
    assert "" != send(a_delivery(url))


def test_a_path_cannot_smuggle_headers(receiver: Receiver) -> None:
    assert "" != send(a_delivery(receiver.url + " HTTP/1.1\r\nX-Evil: 1\r\n\r\n")) or "X-Evil" not in receiver.got[0][0]


def test_two_senders_at_once_send_each_delivery_once(store: Store, people: dict[str, User], receiver: Receiver) -> None:
    hook(store, people, receiver.url, "score.changed")
    overrule(store, people)
    (row,) = deliveries.recent(store)
    with store.read() as session:
        one = session.get_one(DeliveryRow, row.id)
        columns = {
            name: getattr(one, name) for name in ("webhook", "event", "payload", "made_at", "attempts", "next_at")
        }
    store.write(lambda session: session.add_all([DeliveryRow(**columns, error="") for _ in range(30)]))
    senders = [threading.Thread(target=deliver_due, args=(store,)) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    ids = [headers["X-QA-Delivery"] for headers, _ in receiver.got]
    assert 31 == len(ids) == len(set(ids))


def test_the_page_sends_by_itself_and_stops(store: Store, people: dict[str, User], receiver: Receiver) -> None:
    hook(store, people, receiver.url, "score.changed")
    with delivering(store, every_s=0.02):
        overrule(store, people)
        ends = time.monotonic() + 10
        while not receiver.got and time.monotonic() < ends:
            time.sleep(0.01)
    assert 1 == len(receiver.got)
    assert [] == [one.name for one in threading.enumerate() if one.name.startswith("webhook")]


def test_a_database_that_is_away_does_not_end_the_sending(
    store: Store, people: dict[str, User], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(store, people, receiver.url, "score.changed")
    overrule(store, people)
    real, failures = deliveries.claim, iter([True, True])

    def claim(*args: Any, **given: Any) -> Any:
        if next(failures, False):
            raise RuntimeError("away")
        return real(*args, **given)

    monkeypatch.setattr(deliveries, "claim", claim)
    with delivering(store, every_s=0.02):
        ends = time.monotonic() + 10
        while not receiver.got and time.monotonic() < ends:
            time.sleep(0.01)
    assert 1 == len(receiver.got)
