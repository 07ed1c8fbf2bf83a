"""What the running page does once a day: removes what has been kept long enough."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from qa_pipeline.audio.review_copy import prune
from qa_pipeline.domain import QaError, User
from qa_pipeline.settings import Settings
from qa_pipeline.store import retention
from qa_pipeline.store.engine import Store

DAY_S = 24 * 3600.0
GIGABYTE = 1_000_000_000
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The copies to listen to: how many, how large together, the oldest use (UTC)."""

    n: int
    size: int
    oldest: datetime | None


def sweep(store: Store, settings: Settings, by: User | None = None) -> dict[str, int]:
    """Removes what has been kept long enough, in the database and of the copies to listen to; how many of each."""
    before = copies(settings).n
    prune(settings.cache_dir, round(settings.cache_gb * GIGABYTE))
    gone = retention.sweep(store, settings, datetime.now(UTC).replace(tzinfo=None), by)
    return {**gone, "copies": max(0, before - copies(settings).n)}


def copies(settings: Settings) -> Copies:
    """What lies in the folder of copies."""
    sizes, times = [], []
    for file in settings.cache_dir.glob("*.wav") if settings.cache_dir.is_dir() else ():
        try:
            found = file.stat()
        except FileNotFoundError:  # a sweep was faster
            continue
        sizes.append(found.st_size)
        times.append(found.st_mtime)
    oldest = datetime.fromtimestamp(min(times), UTC).replace(tzinfo=None) if times else None
    return Copies(n=len(sizes), size=sum(sizes), oldest=oldest)


def daily(store: Store, settings: Settings, *, every_s: float = DAY_S) -> threading.Event:
    """Sweeps now and then once a day in a thread that ends with the program, or when the event given back is set."""
    stop = threading.Event()

    def work() -> None:
        while True:
            try:
                _log.info("swept", **sweep(store, settings))
            except QaError as error:  # a full disk or a busy database today says nothing of tomorrow
                _log.warning("sweep_failed", code=error.code)
            if stop.wait(every_s):
                return

    threading.Thread(target=work, name="upkeep", daemon=True).start()
    return stop
