"""What-if: what a scorecard with other weights would make of calls that are judged already. Nothing is written.

A trial runs beside the page, in short reads, and is kept for whoever began it until the program ends.
"""

from __future__ import annotations

import math
import secrets
import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import structlog

from qa_pipeline.analytics.intervals import mean_interval
from qa_pipeline.domain import Interval, Mean, QaError, Scope, Scorecard, StoreError
from qa_pipeline.scoring.fold import fold
from qa_pipeline.scoring.whatif import Plan, complete
from qa_pipeline.store import rescore
from qa_pipeline.store.engine import Store

CHUNK = 400
"""Calls read at a time: the database is free in between."""
KEPT = 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A call whose band or score changes; None: no score."""

    call_id: str
    agent: str
    team: str
    started_at: datetime | None
    before: float | None
    after: float | None
    band_before: str
    band_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMove:
    """An agent's mean before and after, over the `n` calls with a score both times."""

    agent_id: str
    name: str
    team: str
    n: int
    before: float
    after: float
    difference: Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a trial found over `n` calls of `stored`; `left_out` lack a verdict that the draft asks for.

    `before`, `after` and `difference` are over the calls that have a score both times; `gained` and `lost` count those
    that have one only afterwards, or no longer. `bands` counts calls by band before and after ("": no score). `moved`
    holds the calls that change band, the greatest change first. `agents` are those with enough calls, likewise;
    `few` counts the others.
    """

    n: int
    stored: int
    left_out: int
    before: Mean | None
    after: Mean | None
    difference: Mean | None
    changed: int
    gained: int
    lost: int
    bands: Mapping[tuple[str, str], int]
    moved: tuple[Move, ...]
    agents: tuple[AgentMove, ...]
    few: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A trial as it is now: `outcome` is None while it runs, `failed` a code when it broke.

    `draft` is the text of a scorecard file with the other figures, "" where there is no file to write them into.
    """

    id: str
    owner: str
    present: Scorecard
    plan: Plan
    draft: str
    done: int = 0
    total: int = 0
    outcome: Outcome | None = None
    failed: str = ""


Told = Callable[[int, int], None]


def try_out(
    store: Store,
    scope: Scope,
    present: Scorecard,
    plan: Plan,
    *,
    newest: int | None,
    min_calls: int,
    told: Told = lambda _done, _total: None,
) -> Outcome:
    """Folds what stands for the newest calls in sight (None: all) with the draft. Writes nothing."""
    ids = rescore.newest(store, scope, present.name, present.version, newest)
    moves: list[tuple[str, Move]] = []
    left_out = 0
    for part in _parts(ids):
        for call in rescore.judged_calls(store, scope, part):
            if not complete(call.findings, plan.card):
                left_out += 1
                continue
            after = fold(call.findings, plan.card)
            move = Move(
                call_id=call.call_id,
                agent=call.agent_name or call.agent_id,
                team=call.team,
                started_at=call.started_at,
                before=call.percent,
                after=after.percent,
                band_before=call.band,
                band_after=after.band,
            )
            moves.append((call.agent_id, move))
        told(len(moves) + left_out, len(ids))
    stored = len(ids) if newest is None else rescore.count(store, scope, present.name, present.version)
    return _outcome(moves, stored=stored, left_out=left_out, min_calls=min_calls)


class Trials:
    """The trials of a running page: one at a time runs, the last ones are kept."""

    def __init__(self, keep: int = KEPT) -> None:
        self._keep = keep
        self._known: OrderedDict[str, Trial] = OrderedDict()
        self._lock = threading.Lock()
        self._runs = ThreadPoolExecutor(max_workers=1, thread_name_prefix="what-if")

    def begin(self, store: Store, scope: Scope, trial: Trial, *, newest: int | None, min_calls: int) -> str:
        """Starts a trial; gives its id. `trial.id` is chosen here."""
        begun = replace(trial, id=secrets.token_urlsafe(12))
        self._keep_it(begun)
        self._runs.submit(self._run, store, scope, begun, newest, min_calls)
        return begun.id

    def get(self, trial_id: str, owner: str) -> Trial:
        """A person's own trial. Raises StoreError, code "unknown_trial"."""
        with self._lock:
            found = self._known.get(trial_id)
        if found is None or found.owner != owner:
            raise StoreError("This trial is gone.", code="unknown_trial", hint="Run it again.")
        return found

    def _run(self, store: Store, scope: Scope, trial: Trial, newest: int | None, min_calls: int) -> None:
        try:
            outcome = try_out(
                store,
                scope,
                trial.present,
                trial.plan,
                newest=newest,
                min_calls=min_calls,
                told=lambda done, total: self._keep_it(replace(trial, done=done, total=total)),
            )
        except Exception as error:  # noqa: BLE001 - a thread of its own: the page must be told
            code = error.code if isinstance(error, QaError) else "internal"
            _log.error("trial_failed", trial=trial.id, code=code, error=type(error).__name__)
            self._keep_it(replace(trial, failed=code))
        else:
            self._keep_it(replace(trial, done=outcome.n, total=outcome.n, outcome=outcome))

    def _keep_it(self, trial: Trial) -> None:
        with self._lock:
            self._known[trial.id] = trial
            while len(self._known) > self._keep:
                self._known.popitem(last=False)


def _parts(ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    waiting = iter(ids)
    while part := tuple(islice(waiting, CHUNK)):
        yield part


def _outcome(moves: Sequence[tuple[str, Move]], *, stored: int, left_out: int, min_calls: int) -> Outcome:
    both = [(one.before, one.after) for _, one in moves if one.before is not None and one.after is not None]
    moved = [one for _, one in moves if one.band_before != one.band_after]
    agents, few = _agents(moves, min_calls)
    return Outcome(
        n=len(moves),
        stored=stored,
        left_out=left_out,
        before=_mean([before for before, _ in both]),
        after=_mean([after for _, after in both]),
        difference=_difference(both),
        changed=sum(_otherwise(one.before, one.after) for _, one in moves),
        gained=sum(one.before is None and one.after is not None for _, one in moves),
        lost=sum(one.before is not None and one.after is None for _, one in moves),
        bands=Counter((one.band_before, one.band_after) for _, one in moves),
        moved=tuple(sorted(moved, key=lambda one: (-_size(one), one.call_id))),
        agents=agents,
        few=few,
    )


def _agents(moves: Sequence[tuple[str, Move]], min_calls: int) -> tuple[tuple[AgentMove, ...], int]:
    of: dict[str, list[Move]] = defaultdict(list)
    for agent_id, one in moves:
        if agent_id and one.before is not None and one.after is not None:
            of[agent_id].append(one)
    enough = {agent_id: calls for agent_id, calls in of.items() if len(calls) >= max(min_calls, 2)}
    found = []
    for agent_id, calls in enough.items():
        pairs = [(one.before or 0.0, one.after or 0.0) for one in calls]
        difference = _difference(pairs)
        if difference is not None:
            n = len(pairs)
            found.append(
                AgentMove(
                    agent_id=agent_id,
                    name=calls[0].agent,
                    team=calls[0].team,
                    n=n,
                    before=math.fsum(before for before, _ in pairs) / n,
                    after=math.fsum(after for _, after in pairs) / n,
                    difference=difference,
                )
            )
    found.sort(key=lambda one: (-abs(one.difference.value), one.agent_id))
    return tuple(found), len(of) - len(enough)


def _mean(values: Sequence[float]) -> Mean | None:
    if not values:
        return None
    return Mean(value=math.fsum(values) / len(values), n=len(values), interval=mean_interval(values))


def _difference(pairs: Sequence[tuple[float, float]]) -> Mean | None:
    """The mean change of a call with Student's interval: each call is compared with itself."""
    n = len(pairs)
    if not n:
        return None
    changes = [after - before for before, after in pairs]
    mean = math.fsum(changes) / n
    if n == 1:
        return Mean(value=mean, n=n)
    from scipy.special import stdtrit  # noqa: PLC0415 - heavy

    variance = math.fsum((change - mean) ** 2 for change in changes) / (n - 1)
    half = float(stdtrit(n - 1, 0.975)) * math.sqrt(variance / n)
    return Mean(value=mean, n=n, interval=Interval(low=mean - half, high=mean + half))


def _size(move: Move) -> float:
    """How much a call changes; one that gains or loses its score comes first."""
    return 1000.0 if move.before is None or move.after is None else abs(move.after - move.before)


def _otherwise(before: float | None, after: float | None) -> bool:
    """Whether a score is another one, beyond what rounding does."""
    if before is None or after is None:
        return before is not after
    return abs(after - before) >= 0.01  # scores are rounded to two places
