"""The values that the page of one call is made of: what its templates read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qa_pipeline.domain import CallScore, Criterion, Finding, Recording, Scorecard, SectionScore
from qa_pipeline.web import call_facts, call_lanes
from qa_pipeline.web.call_transcript import TurnView


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody typed that was not taken, and what for; `reason` is their text."""

    criterion: str = ""
    answer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A moment that can be played, from `from_ms` to `to_ms`; the words begin at `start_ms`."""

    start_ms: int
    end_ms: int
    from_ms: int
    to_ms: int
    party: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidView:
    """One word of a person in the history of a criterion; `verdict` "" took an earlier one back."""

    who: str
    at: datetime
    verdict: str
    level: int | None
    reason: str
    confirms: bool
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkView:
    """A remark as it is shown."""

    who: str
    at: datetime
    text: str
    at_ms: int | None
    criterion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One button: its value, the verdict of its look, whether it is the machine's own, and the key that presses it."""

    value: str
    verdict: str
    level: int | None
    agrees: bool
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """A criterion: `stands` is what counts now, `machine` what the machine said; both None while hidden.

    `open` asks for a person's word before the review can be finished.
    """

    name: str
    title: str
    criterion: Criterion | None
    hidden: bool
    open: bool
    coach_only: bool
    stands: Finding | None
    machine: Finding | None
    said: SaidView | None
    history: tuple[SaidView, ...]
    evidence: tuple[Clip, ...]
    near: tuple[Clip, ...]
    searched: Clip | None
    remarks: tuple[RemarkView, ...]
    answers: tuple[Answer, ...]
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """Criteria that belong together; `score` None while it would tell what is hidden."""

    title: str
    score: SectionScore | None
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """Who works on the call, by name and id ("": nobody), and whose task it is.

    `taken_by` has taken it from whoever looks, at `taken_at` (UTC); "" and None: nobody has.
    """

    who: str
    id: str
    mine: bool
    assigned: str
    may_take_over: bool
    taken_by: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """Who finished the review, or opened it again after that (with the reason), and when (UTC); "" and None: nobody."""

    finished_by: str
    finished_at: datetime | None
    may_reopen: bool
    reopened_by: str
    reopened_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """A call as somebody sees it. `query` are the filters of the queue they came from; `seen` the revision that they
    decide on. `score` is None while it would tell what is hidden.
    """

    recording: Recording
    score: CallScore | None
    state: str
    seen: int
    query: str
    at_ms: int
    blind: bool
    can_blind: bool
    kinds: tuple[str, ...]
    scorecard: Scorecard | None
    band: str
    machine_percent: float | None
    moved: bool
    holder: HolderView
    review: ReviewView
    open_items: int
    decided: int
    sections: tuple[SectionView, ...]
    remarks: tuple[RemarkView, ...]
    earlier: int
    turns: tuple[TurnView, ...]
    channels: tuple[str, ...]
    lanes: tuple[call_lanes.Lane, ...]
    lane_height: int
    quiet: str
    facts: tuple[call_facts.Fact, ...]
    has_sound: bool
    may_decide: bool
    may_comment: bool
    notice: tuple[str, ...]
    news: tuple[str, ...]
    said: str

    @property
    def items(self) -> tuple[ItemView, ...]:
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What the request says beside whose it is: see CallPage. `news` is what others decided while the page is open."""

    query: str = ""
    at_ms: int = 0
    blind: str = ""
    notice: tuple[str, ...] = ()
    news: tuple[str, ...] = ()
    said: str = ""
    draft: Draft = Draft()
