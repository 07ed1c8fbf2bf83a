from __future__ import annotations

from dataclasses import replace

from qa_pipeline.domain import LedgerEntry, Status
from qa_pipeline.store import ledger
from qa_pipeline.store.engine import Store

ENTRY = LedgerEntry(
    archive="/archive",
    recording="2026/a.wav",
    line=2,
    call_id="a",
    status=Status.PENDING,
    code="pending",
    reason="Waiting.",
    inclusion_probability=0.25,
)


def test_an_entry_comes_back(store: Store) -> None:
    ledger.record(store, [ENTRY])
    assert (ENTRY,) == ledger.statuses(store)


def test_a_later_entry_takes_the_place_of_the_earlier_one(store: Store) -> None:
    scored = replace(ENTRY, status=Status.SCORED, code="scored", reason="Scored.", inclusion_probability=None)
    ledger.record(store, [ENTRY])
    ledger.record(store, [scored])
    assert (scored,) == ledger.statuses(store)


def test_of_two_entries_for_one_place_in_one_batch_the_later_counts(store: Store) -> None:
    failed = replace(ENTRY, status=Status.FAILED)
    ledger.record(store, iter([ENTRY, failed]))
    assert (failed,) == ledger.statuses(store)


def test_recordings_lines_and_archives_are_told_apart_and_sorted(store: Store) -> None:
    entries = (
        replace(ENTRY, line=None),
        ENTRY,
        replace(ENTRY, line=10),
        replace(ENTRY, recording="2026/b.wav"),
        replace(ENTRY, archive="/other", recording=""),
    )
    ledger.record(store, reversed(entries))
    assert entries == ledger.statuses(store)
    assert entries[4:] == ledger.statuses(store, "/other")
    assert () == ledger.statuses(store, "/nowhere")


def test_any_file_name_can_be_kept(store: Store) -> None:
    odd = replace(ENTRY, recording="\udcc4\udce3\x00/" + "很长" * 2000, reason="a\nb")
    ledger.record(store, [odd])
    assert (odd,) == ledger.statuses(store)


def test_many_entries_go_in_by_batches(store: Store) -> None:
    ledger.record(store, (replace(ENTRY, line=line) for line in range(1_201)))
    assert 1_201 == len(ledger.statuses(store))


def test_a_new_scan_drops_lines_that_moved_and_rows_that_were_mended(store: Store) -> None:
    refused = replace(ENTRY, recording="", line=3, status=Status.FAILED)
    gone = replace(ENTRY, recording="2025/removed.wav", line=4)
    elsewhere = replace(refused, archive="/other")
    ledger.record(store, [ENTRY, refused, gone, elsewhere])
    moved = replace(ENTRY, line=7)
    assert 2 == ledger.drop_moved(store, "/archive", [moved])
    ledger.record(store, [moved])
    assert (gone, moved, elsewhere) == tuple(
        sorted(ledger.statuses(store), key=lambda entry: (entry.archive, entry.recording))
    )


def test_a_scan_that_finds_the_same_drops_nothing(store: Store) -> None:
    entries = [ENTRY, replace(ENTRY, line=9, code="row_again"), replace(ENTRY, recording="", line=3)]
    ledger.record(store, entries)
    assert 0 == ledger.drop_moved(store, "/archive", entries)
    assert 3 == len(ledger.statuses(store))


def test_reasons_are_counted_and_entries_paged(store: Store) -> None:
    statuses = [Status.FAILED] * 3 + [Status.SKIPPED] * 2 + [Status.SCORED]
    ledger.record(
        store,
        [
            LedgerEntry(
                archive="a" if number else "b",
                recording=f"{number}.wav",
                line=None,
                call_id=str(number),
                status=status,
                code=status.value,
                reason="",
            )
            for number, status in enumerate(statuses)
        ],
    )
    found = [(one.status, one.code, one.n) for one in ledger.reasons(store)]
    assert [(Status.SCORED, "scored", 1), (Status.SKIPPED, "skipped", 2), (Status.FAILED, "failed", 3)] == found
    assert 2 == next(one.n for one in ledger.reasons(store, "a") if one.status is Status.FAILED)
    assert ("a", "b") == ledger.archives(store)
    assert ["1.wav", "2.wav", "0.wav"] == [one.recording for one in ledger.page(store, Status.FAILED)]
    assert ["2.wav"] == [one.recording for one in ledger.page(store, Status.FAILED, archive="a", offset=1, limit=1)]
    assert () == ledger.page(store, Status.FAILED, code="other")
