"""Who wants to know how far a night is: the command line's bar, and a progress artifact in Prefect."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

Listener = Callable[[int, int], None]
_listeners: list[Listener] = []
EVERY_S = 5.0


def listen(listener: Listener) -> None:
    """Calls `listener(done, total)` for each call that is done in this process."""
    _listeners.append(listener)


def forget(listener: Listener) -> None:
    """Stops calling it."""
    _listeners.remove(listener)


def announce(done: int, total: int) -> None:
    """Tells everybody who listens."""
    for listener in _listeners:
        listener(done, total)


class Progress:
    """A progress artifact of one shard, brought up to date every few seconds."""

    def __init__(self, total: int, description: str) -> None:
        self._total = total
        self._last = time.monotonic()
        self._artifact = create_progress_artifact(progress=0.0, description=description)

    def __call__(self, done: int) -> None:
        announce(1, self._total)
        if done == self._total or time.monotonic() - self._last >= EVERY_S:
            self._last = time.monotonic()
            if isinstance(self._artifact, UUID):
                update_progress_artifact(self._artifact, progress=round(100 * done / self._total, 1))
