"""Sends what webhooks are to be told: signed, each at least once, beside the running page.

A delivery may arrive twice (the answer to the first was lost): its id, in `X-QA-Delivery`, tells. Bodies hold ids and
figures, never words said.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import structlog

from qa_pipeline.domain import StoreError
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import deliveries
from qa_pipeline.store.outgoing.deliveries import Delivery

TIMEOUT_S = 10.0
"""The most that a receiver may take, from the connection to the end of its answer's head."""

EVERY_S = 5.0
"""How often the sender looks whether something is due."""

_AT_ONCE = 4
_BATCH = 16  # with four at a time and the timeout of connecting on top, well within the time that a claim holds
_SWEEP_S = 3600.0
_log = structlog.get_logger(__name__)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What stands in X-QA-Signature: the receiver works it out from the same three and compares.

    >>> signature("secret", "1767225600", b"{}")[:20]
    'sha256=fa7eaa06bf97d'
    """
    signed = timestamp.encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


@contextmanager
def delivering(store: Store, *, every_s: float = EVERY_S) -> Iterator[None]:
    """While it lasts, a thread sends what is due. Several processes may do so over one database."""
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(store, stop, every_s), name="webhooks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(2 * TIMEOUT_S)


def deliver_due(store: Store) -> int:
    """Sends all that is due now; how many were tried."""
    tried = 0
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhook") as pool:
        while batch := deliveries.claim(store, limit=_BATCH):
            tried += len(list(pool.map(lambda one: _deliver(store, one), batch)))
    return tried


def _run(store: Store, stop: threading.Event, every_s: float) -> None:
    swept = 0.0
    while not stop.is_set():
        try:
            deliver_due(store)
            if time.monotonic() - swept > _SWEEP_S:
                deliveries.sweep(store)
                swept = time.monotonic()
        except StoreError as error:  # the database is away: so may be many other things, and it comes back
            _log.warning("webhooks_wait", code=error.code)
        except Exception as error:  # noqa: BLE001 - one fault must not end the sending of all that follows
            _log.error("webhooks_broke", error=type(error).__name__)
        stop.wait(every_s)


def _deliver(store: Store, delivery: Delivery) -> None:
    error = send(delivery)
    if error:
        deliveries.failed(store, delivery, error)
        _log.warning("webhook_failed", delivery=delivery.id, attempts=delivery.attempts, error=error)
    else:
        deliveries.delivered(store, delivery)


def send(delivery: Delivery, *, timeout_s: float = TIMEOUT_S) -> str:
    """Posts a delivery; "" when the receiver took it (2xx), else what went wrong. Redirects are not followed."""
    try:
        status = _post(delivery, timeout_s)
    except TimeoutError:
        return f"no answer within {timeout_s:g} s"
    except http.client.HTTPException as error:  # its words are the receiver's
        return f"not an answer in HTTP ({type(error).__name__})"
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "" if 200 <= status < 300 else f"HTTP {status}"


def _post(delivery: Delivery, timeout_s: float) -> int:
    parts = urlsplit(delivery.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an address of http or https")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=timeout_s)
    body, timestamp = delivery.payload.encode(), str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "qa-pipeline",
        "X-QA-Event": delivery.event,
        "X-QA-Delivery": str(delivery.id),
        "X-QA-Timestamp": timestamp,
        "X-QA-Signature": signature(delivery.secret, timestamp, body),
    }
    # A socket's own timeout begins anew with every byte: one that answers a byte at a time would never end.
    late = threading.Event()
    cut = threading.Timer(timeout_s, _cut, [connection, late])
    try:
        connection.connect()
        cut.start()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        cut.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    found = connection.sock
    if found is not None:
        try:
            found.shutdown(socket.SHUT_RDWR)
        except OSError:  # it has ended by itself
            return
