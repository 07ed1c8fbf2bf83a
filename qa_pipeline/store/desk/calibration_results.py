"""What all said in calibration sessions that are over, beside the machine's frozen findings. Raises StoreError.

Everything here asks first whether the session is over: nobody sees an answer of somebody else before, a lead included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qa_pipeline.domain import Calibration, CalibrationAnswer, CalibrationNote, RevealedItem, StoreError, User
from qa_pipeline.store import mapping
from qa_pipeline.store.desk.calibration import LONGEST_NOTE, answer_of, criteria_of, get, in_sight, no_such, row_of
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.store.tables.base import now
from qa_pipeline.store.tables.calls import FindingRow
from qa_pipeline.store.tables.desk import (
    CalibrationAnswerRow,
    CalibrationCallRow,
    CalibrationNoteRow,
    CalibrationPersonRow,
    CalibrationRow,
)


def revealed(store: Store, user: User, session_id: int, call_id: str = "") -> tuple[RevealedItem, ...]:
    """All items of a session that is over, or those of one call: by call and criterion in their order.

    Who has not handed in is left out. The machine's findings are those that were frozen when the session was opened.
    Raises StoreError: "not_found", "calibration_blind" while it is not over, whoever asks.
    """
    with store.read() as session:
        _open_to_eyes(row_of(session, user, session_id))
        return _items(session, session_id, call_id)


def labels(store: Store, user: User, ids: Iterable[int]) -> Mapping[int, tuple[Mapping[str, str], ...]]:
    """What people answered in sessions that are over, by session: for each item a label by user."""
    row, person = CalibrationAnswerRow, CalibrationPersonRow
    seen = in_sight(select(CalibrationRow.id), user).where(
        CalibrationRow.id.in_(list(ids)), CalibrationRow.closed_at.is_not(None)
    )
    query = (
        select(row.session, row.call_id, row.criterion, row.user, row.verdict)
        .join(person, (person.session == row.session) & (person.user == row.user))
        .where(row.session.in_(seen), person.submitted_at.is_not(None))
        .order_by(row.session, row.call_id, row.criterion, row.user)
    )
    found: dict[int, dict[tuple[str, str], dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    with store.read() as session:
        for number, call_id, criterion, who, verdict in session.execute(query):
            found[number][call_id, criterion][who] = verdict.value
    return {number: tuple(items.values()) for number, items in found.items()}


def exported(store: Store, user: User, session_id: int) -> tuple[Calibration, tuple[RevealedItem, ...]]:
    """As `get` and `revealed`, for a file: the audit log says that it was made."""
    found, items = get(store, user, session_id), revealed(store, user, session_id)
    audit.record(
        store, user, "exported", "calibration", str(session_id), answers=sum(len(one.answers) for one in items)
    )
    return found, items


def note(store: Store, user: User, session_id: int, call_id: str, criterion: str, text: str) -> None:
    """Keeps what the group said of an item. Raises StoreError: "not_found", "empty", "calibration_blind"."""
    store.write(partial(_note, user=user, session_id=session_id, item=(call_id, criterion), text=text))


def _note(session: Session, user: User, session_id: int, item: tuple[str, str], text: str) -> None:
    _open_to_eyes(row_of(session, user, session_id))
    call_id, criterion = item
    listed = session.get(CalibrationCallRow, (session_id, call_id))
    if listed is None or criterion not in criteria_of(session, listed.evaluation):
        raise no_such()
    if not text.strip():
        raise StoreError("A note needs words.", code="empty")
    session.add(
        CalibrationNoteRow(
            session=session_id,
            call_id=call_id,
            criterion=criterion,
            author=user.id,
            text=text.strip()[:LONGEST_NOTE],
            made_at=now(),
        )
    )
    audit.note(session, user, "calibration.noted", "calibration", str(session_id), call=call_id, criterion=criterion)


def _open_to_eyes(row: CalibrationRow) -> None:
    if row.closed_at is None:
        raise StoreError("The session is not over: nobody sees answers yet.", code="calibration_blind")


def _items(session: Session, session_id: int, call_id: str) -> tuple[RevealedItem, ...]:
    said, person, listed, talk = CalibrationAnswerRow, CalibrationPersonRow, CalibrationCallRow, CalibrationNoteRow
    handed_in = exists().where(
        person.session == said.session, person.user == said.user, person.submitted_at.is_not(None)
    )
    answers = select(said).where(said.session == session_id, handed_in)
    notes = select(talk).where(talk.session == session_id).order_by(talk.id)
    findings = (
        select(listed.call_id, FindingRow)
        .join(FindingRow, FindingRow.evaluation == listed.evaluation)
        .where(listed.session == session_id)
        .order_by(listed.position, FindingRow.position)
    )
    if call_id:
        answers, notes = answers.where(said.call_id == call_id), notes.where(talk.call_id == call_id)
        findings = findings.where(listed.call_id == call_id)
    by_item: dict[tuple[str, str], dict[str, CalibrationAnswer]] = defaultdict(dict)
    for row in session.scalars(answers):
        by_item[row.call_id, row.criterion][row.user] = answer_of(row)
    talked: dict[tuple[str, str], list[CalibrationNote]] = defaultdict(list)
    for told in session.scalars(notes):
        talked[told.call_id, told.criterion].append(
            CalibrationNote(
                call_id=told.call_id, criterion=told.criterion, author=told.author, text=told.text, made_at=told.made_at
            )
        )
    return tuple(
        RevealedItem(
            call_id=where,
            machine=mapping.finding_of(finding),
            answers=by_item[where, finding.criterion],
            notes=tuple(talked[where, finding.criterion]),
        )
        for where, finding in session.execute(findings)
    )
