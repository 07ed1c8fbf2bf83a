"""A claimed call is taken over: who is offered it, what its former holder is told, what stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from qa_pipeline.domain import QUIET, Scope
from qa_pipeline.store.desk import claims, decisions
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.desk import ClaimRow

As = Callable[[str], Any]
CALL = "A101-000"
OFFER = 'id="take-over"'


@pytest.fixture
def quiet(store: Store) -> Callable[[], None]:
    """Lets so long pass that whoever has the call has left it alone."""

    def passed() -> None:
        store.write(lambda session: session.execute(update(ClaimRow).values(since=now() - QUIET)))

    return passed


def holder(store: Store) -> str:
    held = claims.holder(store, CALL)
    return held[0] if held else ""


def test_a_lead_is_offered_another_s_call_and_takes_it_in_two_steps(
    as_: As, store: Store, people: dict[str, Any]
) -> None:
    rosa, lena = as_("rosa"), as_("lena")
    assert OFFER not in lena.get(f"/call?id={CALL}").text
    rosa.submit("/call/claim", id=CALL)
    page = lena.get(f"/call?id={CALL}").text
    assert OFFER in page
    assert f'name="holder" value="{people["rosa"].id}"' in page
    assert "Rosa Reviewer is told" in page
    assert OFFER not in rosa.get(f"/call?id={CALL}").text
    assert 303 == lena.submit("/call/take-over", id=CALL, holder=people["rosa"].id).status_code
    assert people["lena"].id == holder(store)
    assert "You have this call" in lena.get(f"/call?id={CALL}").text


def test_a_reviewer_is_offered_only_what_was_left_alone(
    as_: As, store: Store, people: dict[str, Any], quiet: Callable[[], None]
) -> None:
    rosa, rene = as_("rosa"), as_("rene")
    rosa.submit("/call/claim", id=CALL)
    assert OFFER not in rene.get(f"/call?id={CALL}").text
    early = rene.submit("/call/take-over", id=CALL, holder=people["rosa"].id)
    assert (409, people["rosa"].id) == (early.status_code, holder(store))
    quiet()
    assert OFFER in rene.submit("/call/beat", id=CALL, seen=0).text  # the open page offers it by itself
    assert 303 == rene.submit("/call/take-over", id=CALL, holder=people["rosa"].id).status_code
    assert people["rene"].id == holder(store)


def test_who_decided_is_told_at_the_next_beat_by_whom_and_when(
    as_: As, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa, rene, lena = as_("rosa"), as_("rene"), as_("lena")
    moment = now().replace(hour=6, minute=5)
    monkeypatch.setattr(claims, "now", lambda: moment)
    rene.submit("/call/claim", id=CALL)
    lena.submit("/call/take-over", id=CALL, holder=people["rene"].id)
    told = rene.submit("/call/beat", id=CALL, seen=0).text
    assert "Lena Lead 已于 14:05 接管这通通话" in told  # on the clock of whoever reads it
    assert "Lena Lead 正在复核" in told
    assert "已于 14:05" in rene.submit("/call/beat", id=CALL, seen=0).text  # and at the one after
    assert "data-taken" not in rosa.submit("/call/beat", id=CALL, seen=0).text
    assert "data-taken" not in lena.submit("/call/beat", id=CALL, seen=0).text


def test_a_beat_does_not_take_the_call_back(as_: As, store: Store, people: dict[str, Any]) -> None:
    rosa, lena = as_("rosa"), as_("lena")
    rosa.submit("/call/claim", id=CALL)
    lena.submit("/call/take-over", id=CALL, holder=people["rosa"].id)
    assert 200 == rosa.submit("/call/beat", id=CALL, seen=0).status_code
    assert people["lena"].id == holder(store)


def test_what_the_former_holder_typed_is_kept_and_not_taken(as_: As, store: Store, people: dict[str, Any]) -> None:
    rosa, lena = as_("rosa"), as_("lena")
    rosa.submit("/call/claim", id=CALL)
    lena.submit("/call/take-over", id=CALL, holder=people["rosa"].id)
    answer = rosa.submit(
        "/call/decide", id=CALL, criterion="greeting", answer="fail", reason="My long words", seen=0, blind="0"
    )
    assert 409 == answer.status_code
    assert "Somebody else works on this call" in answer.text
    assert "My long words</textarea>" in answer.text
    assert () == decisions.of_call(store, CALL, Scope())
    for path in ("undo", "claim"):
        assert 409 == rosa.submit(f"/call/{path}", id=CALL, seen=0).status_code


def test_who_comes_too_late_is_told_who_has_it_now(as_: As, store: Store, people: dict[str, Any]) -> None:
    rosa, lena, ada = as_("rosa"), as_("lena"), as_("ada")
    rosa.submit("/call/claim", id=CALL)
    lena.submit("/call/take-over", id=CALL, holder=people["rosa"].id)
    late = ada.submit("/call/take-over", id=CALL, holder=people["rosa"].id)
    assert 409 == late.status_code
    assert "Lena Lead works on this call" in late.text
    assert people["lena"].id == holder(store)
