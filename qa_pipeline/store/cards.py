"""Detector cards: what `qa evaluate` measured last, for each scorecard, criterion and language. Raises StoreError."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_pipeline.domain import DetectorCard
from qa_pipeline.store import mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.tables.calls import DetectorCardRow


def save_cards(store: Store, cards: Sequence[DetectorCard]) -> None:
    """Keeps these cards in place of those of the same scorecard, criterion and language; all others stay."""
    store.write(partial(_save, cards=cards))


def read_cards(store: Store) -> tuple[DetectorCard, ...]:
    """Every card, sorted by scorecard, criterion and language."""
    row = DetectorCardRow
    with store.read() as session:
        rows = session.scalars(select(row).order_by(row.scorecard, row.criterion, row.language))
        return tuple(mapping.card_of(one) for one in rows)


def precisions(store: Store) -> dict[tuple[str, str, str], float]:
    """The measured precision by (scorecard, criterion, language), where there is one."""
    row = DetectorCardRow
    with store.read() as session:
        found = session.execute(select(row.scorecard, row.criterion, row.language, row.precision))
        return {(card, criterion, language): value for card, criterion, language, value in found if value is not None}


def _save(session: Session, cards: Sequence[DetectorCard]) -> None:
    for card in cards:
        session.merge(DetectorCardRow(**mapping.card_columns(card)))
