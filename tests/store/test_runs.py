from __future__ import annotations

import pytest

from qa_pipeline.domain import StoreError
from qa_pipeline.store import runs
from qa_pipeline.store.engine import Store


def test_a_run_has_no_counts_until_it_ends(store: Store) -> None:
    run_id = runs.start_run(store, "nightly", {"archive": "/calls", "plan": "all"})
    assert runs.counts(store, run_id) is None
    runs.finish_run(store, run_id, {"scored": 15, "failed": 0})
    assert {"scored": 15, "failed": 0} == runs.counts(store, run_id)


def test_a_run_that_never_began_cannot_end(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        runs.finish_run(store, "nobody", {})
    assert "unknown_run" == caught.value.code
    assert runs.counts(store, "nobody") is None


def test_runs_are_paged_the_newest_first(store: Store) -> None:
    made = [runs.start_run(store, "nightly", {"archive": str(number)}) for number in range(3)]
    runs.finish_run(store, made[0], {"scored": 2})
    page, total = runs.page(store, offset=1, limit=1)
    assert (3, 1) == (total, len(page))
    found = runs.run(store, made[0])
    assert found is not None
    assert ({"scored": 2}, {"archive": "0"}, True) == (found.counts, found.parameters, found.finished_at is not None)
    assert runs.run(store, "none") is None
