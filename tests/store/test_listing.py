from __future__ import annotations

from datetime import date, timedelta

import pytest

from qa_pipeline.domain import Scope, User, Verdict
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store import listing
from qa_pipeline.store.desk import decisions
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.engine import Store
from qa_pipeline.store.listing import After, Wanted
from qa_pipeline.store.tables.base import now
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.testing.stored import a_centre

ALL = Scope()


@pytest.fixture
def people(store: Store) -> dict[str, User]:
    return a_centre(store, each=4)


def ids(store: Store, scope: Scope, wanted: Wanted, after: After | None = None, limit: int = 100) -> list[str]:
    return [one.recording.id for one in listing.page(store, scope, wanted, after=after, limit=limit)]


def test_parts_follow_each_other_by_id(store: Store, people: dict[str, User]) -> None:
    whole = ids(store, ALL, Wanted())
    assert (20, sorted(whole)) == (len(whole), whole)
    assert whole[7:9] == ids(store, ALL, Wanted(), After(call_id=whole[6]), limit=2)


def test_a_list_is_narrowed_to_what_is_in_sight(store: Store, people: dict[str, User]) -> None:
    assert {"A101", "A102", "A103"} == {one[:4] for one in ids(store, people["tom"].scope, Wanted())}
    assert {"A102"} == {one[:4] for one in ids(store, people["omar"].scope, Wanted())}
    assert [] == ids(store, Scope(agent_id=""), Wanted())
    assert listing.one(store, "A101-000", people["omar"].scope) is None
    assert listing.one(store, "A101-000", people["hannah"].scope) is not None


def test_days_are_those_of_the_calls_own_clock(store: Store, people: dict[str, User]) -> None:
    days = {
        one.recording.id: one.recording.meta.started_at
        for one in listing.page(store, ALL, Wanted(), after=None, limit=99)
    }
    some = Wanted(since=date(2026, 10, 5), until=date(2026, 10, 20))
    expected = [name for name, at in days.items() if at and date(2026, 10, 5) <= at.date() < date(2026, 10, 20)]
    assert expected
    assert expected == ids(store, ALL, some)


def test_what_changes_comes_last_and_again(store: Store, people: dict[str, User]) -> None:
    since = now() - timedelta(days=1)
    wanted = Wanted(changed_since=since)
    first = listing.page(store, ALL, wanted, after=None, limit=20)
    place = After(call_id=first[9].recording.id, changed_at=first[9].changed_at)
    refold = Scorecards(made_up_scorecards().values()).refold
    changed = first[0].recording.id
    decisions.decide(
        store,
        people["rosa"],
        changed,
        Word(criterion="greeting", verdict=Verdict.FAIL, reason="No."),
        seen=0,
        refold=refold,
    )
    rest = ids(store, ALL, wanted, place)
    assert [*(one.recording.id for one in first[10:]), changed] == rest
    assert frozenset({"greeting"}) == listing.by_people(store, changed, ALL)
    assert frozenset() == listing.by_people(store, changed, people["omar"].scope)


def test_scores_add_up_by_agent_and_by_day(store: Store, people: dict[str, User]) -> None:
    whole = listing.added_up(store, ALL, Wanted(), by_day=False)
    days = listing.added_up(store, ALL, Wanted(), by_day=True)
    assert ["A101", "A102", "A103", "B201", "B202"] == [one.agent_id for one in whole]
    for one in whole:
        own = [
            call.standing.score.percent
            for call in listing.page(store, ALL, Wanted(agent_id=one.agent_id), after=None, limit=9)
        ]
        known = [value for value in own if value is not None]
        assert (len(known), None) == (one.n, one.day)
        assert pytest.approx(sum(known)) == one.total
        assert pytest.approx(sum(value * value for value in known)) == one.squares
        assert max(known) == one.highest
        assert one.n == sum(part.n for part in days if part.agent_id == one.agent_id)
    assert all(isinstance(one.day, date) for one in days)
