"""Which language a call is in, asked of its speech and never of its silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.contracts import Engine

LISTEN_TO = 3  # windows


def detect(
    windows: Sequence[Callable[[], NDArray[np.float32]]], engine: Engine, allowed: Sequence[str]
) -> tuple[str, float]:
    """(language, probability among the allowed ones), from the mean over up to three windows spread over the call.

    A window is a function that gives its samples, so that only those that are asked for are cut.
    With one allowed language that one is it; without speech the first one, at probability 0.
    """
    if len(allowed) == 1:
        return allowed[0], 1.0
    if not windows:
        return allowed[0], 0.0
    chosen = {round(index) for index in np.linspace(0, len(windows) - 1, min(LISTEN_TO, len(windows)))}
    heard = [engine.language_of(windows[index]()) for index in sorted(chosen)]
    weight = {name: float(np.mean([one.get(name, 0.0) for one in heard])) for name in allowed}
    best = max(allowed, key=lambda name: weight[name])
    total = sum(weight.values())
    return best, round(weight[best] / total, 4) if total else 0.0
