"""How a calibration session's figures are laid out: bars, a trend, tables of who said what. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from qa_pipeline.analytics.agreement import RELIABLE_FROM, TENTATIVE_FROM
from qa_pipeline.analytics.calibration import ENOUGH_ITEMS, AmongPeople, Figures, among, baseline, decided, figures
from qa_pipeline.domain import Calibration, CalibrationCall, Interval, Participant, RevealedItem, Scorecard, Verdict

WIDTH = 240
TREND_WIDTH, TREND_HEIGHT = 620, 200
_LEFT, _TOP, _BOTTOM = 40, 12, 26
_DATES = 6  # as many fit under the axis
_ODD_FROM = 0.8  # so many agree, and yet alpha is low: nearly all answers are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A coefficient on a scale from 0 to 1 of WIDTH pixels; below 0 it stands at 0."""

    x: float
    low: float | None
    high: float | None
    tentative: float = TENTATIVE_FROM * WIDTH
    reliable: float = RELIABLE_FROM * WIDTH
    width: int = WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What somebody said of an item; `odd` where it differs from the expert, or from what more than half said."""

    verdict: Verdict | None
    odd: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item: everybody's cells in the order of the columns, then the machine's."""

    criterion: str
    title: str
    cells: tuple[Cell, ...]
    machine: Cell
    differs: bool
    notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The rows of one call that are shown, and how many of all its items people differ on."""

    call: CalibrationCall
    rows: tuple[Row, ...]
    differing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something to know before the figures are used: a key of the words, and its values."""

    key: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that the page of a session shows; `names` and `titles` are of people and criteria."""

    figures: Figures
    names: Mapping[str, str]
    titles: Mapping[str, str]
    columns: tuple[Participant, ...]
    groups: tuple[Group, ...]
    expert: str
    bar: Bar | None
    machine_bar: Bar | None
    remarks: tuple[Remark, ...]
    items: int
    differing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A session of a trend, in pixels; `y` None where its agreement cannot be told, `dated` where there is room."""

    session: Calibration
    people: AmongPeople
    x: float
    y: float | None
    low: float | None
    high: float | None
    dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Alpha by session of one scorecard, oldest first."""

    title: str
    points: tuple[Point, ...]
    lines: tuple[tuple[str, float], ...]
    width: int = TREND_WIDTH
    height: int = TREND_HEIGHT
    left: int = _LEFT

    @property
    def path(self) -> str:
        """The line through the points."""
        return " ".join(f"{one.x:.1f},{one.y:.1f}" for one in self.points if one.y is not None)


def results(
    session: Calibration,
    items: Sequence[RevealedItem],
    calls: Sequence[CalibrationCall],
    card: Scorecard | None,
    *,
    everything: bool,
) -> Results:
    """The page of a session that is over; without `everything` the rows on which somebody differs."""
    expert = session.expert if any(session.expert in one.answers for one in items) else ""
    found = figures(items, expert)
    titles = {one.name: one.title for one in card.criteria} if card else {}
    titles = {one.criterion: titles.get(one.criterion, one.criterion) for one in items}
    return Results(
        figures=found,
        names={one.user: one.name for one in session.people},
        titles=titles,
        columns=session.submitted,
        groups=tuple(_groups(session, items, calls, titles, expert=expert, everything=everything)),
        expert=expert,
        bar=bar(found.people.alpha, found.people.interval),
        machine_bar=bar(found.machine.alpha, found.machine.interval),
        remarks=tuple(_remarks(session, found, expert)),
        items=len(items),
        differing=sum(one.differs for one in items),
    )


def bar(alpha: float | None, interval: Interval | None) -> Bar | None:
    """Where a coefficient and its interval lie; None where there is none."""
    if alpha is None:
        return None
    low, high = (_x(interval.low), _x(interval.high)) if interval else (None, None)
    return Bar(x=_x(alpha), low=low, high=high)


def trends(
    sessions: Iterable[Calibration],
    said: Mapping[int, Sequence[Mapping[str, str]]],
    titles: Mapping[str, str],
) -> tuple[Trend, ...]:
    """A trend for each scorecard of which two sessions or more are over."""
    over = sorted((one for one in sessions if one.revealed and one.id in said), key=lambda one: (one.scorecard, one.id))
    return tuple(
        _trend(titles[name], [(one, among(said[one.id])) for one in of])
        for name, grouped in groupby(over, key=lambda one: one.scorecard)
        if len(of := list(grouped)) > 1
    )


def _trend(title: str, of: Sequence[tuple[Calibration, AmongPeople]]) -> Trend:
    step = (TREND_WIDTH - _LEFT - 40) / max(1, len(of) - 1)
    points = tuple(
        Point(
            session=one,
            people=people,
            x=_LEFT + 32 + i * step,
            y=_y(people.alpha) if people.alpha is not None else None,
            low=_y(people.interval.low) if people.interval else None,
            high=_y(people.interval.high) if people.interval else None,
            dated=(len(of) - 1 - i) % (1 + (len(of) - 1) // _DATES) == 0,
        )
        for i, (one, people) in enumerate(of)
    )
    return Trend(
        title=title,
        points=points,
        lines=tuple((label, _y(value)) for label, value in (("0", 0), ("0.67", 0.667), ("0.8", 0.8), ("1", 1))),
    )


def _groups(
    session: Calibration,
    items: Sequence[RevealedItem],
    calls: Sequence[CalibrationCall],
    titles: Mapping[str, str],
    *,
    expert: str,
    everything: bool,
) -> Iterable[Group]:
    for call in calls:
        of_call = [one for one in items if one.call_id == call.call_id]
        rows = tuple(_row(session, one, titles[one.criterion], expert) for one in of_call)
        shown = tuple(row for row in rows if everything or row.differs or row.machine.odd)
        yield Group(call=call, rows=shown, differing=sum(row.differs for row in rows))


def _row(session: Calibration, item: RevealedItem, title: str, expert: str) -> Row:
    base = baseline(item.labels, expert)
    return Row(
        criterion=item.criterion,
        title=title,
        cells=tuple(
            Cell(verdict=said.verdict, odd=item.differs and said.verdict != base, note=said.note)
            if (said := item.answers.get(one.user))
            else Cell(verdict=None, odd=False)
            for one in session.submitted
        ),
        machine=Cell(
            verdict=item.machine.verdict,
            odd=base is not None and decided(item) not in ("", base),
            note=item.machine.why,
        ),
        differs=item.differs,
        notes=len(item.notes),
    )


def _remarks(session: Calibration, found: Figures, expert: str) -> Iterable[Remark]:
    people = found.people
    if session.left_out:
        names = ", ".join(one.name for one in session.left_out)
        yield Remark(key="cal_left_out", values={"names": names})
    if session.expert and not expert:
        yield Remark(key="cal_no_expert", values={})
    if len(session.submitted) < 2:
        yield Remark(key="cal_alone", values={})
        return
    of_one = max((one.people.n for one in found.criteria), default=0)
    if of_one < ENOUGH_ITEMS:
        yield Remark(key="cal_few", values={"n": of_one, "enough": ENOUGH_ITEMS})
    if people.alpha is None:
        yield Remark(key="cal_one_label", values={})
    elif people.agree and people.agree.value >= _ODD_FROM and people.alpha < TENTATIVE_FROM:
        yield Remark(key="cal_paradox", values={})
    yield Remark(key="cal_pooled", values={})


def _x(value: float) -> float:
    return WIDTH * min(max(value, 0.0), 1.0)


def _y(value: float) -> float:
    return _TOP + (TREND_HEIGHT - _TOP - _BOTTOM) * (1 - min(max(value, 0.0), 1.0))
