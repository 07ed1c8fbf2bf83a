"""A file of reviews: what people say of single turns, one turn and kind a line (CSV in UTF-8).

    call_id,turn,kind,labels,reviewer,reviewed_at
    C-17,4,sentiment,negative,Ann,2026-12-01T09:30:00+08:00
    C-17,5,act,apology|solution,Ann,2026-12-01T09:31:00+08:00

`labels` are all that hold, joined by "|"; empty says that none does. Turns count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from qa_pipeline.archive.fields import plain_name, plain_text
from qa_pipeline.archive.manifest import records
from qa_pipeline.domain import ONE_LABEL, REVIEWED, ConfigurationError, LabelReview, Problem, SignalKind

COLUMNS = ("call_id", "turn", "kind", "labels", "reviewer", "reviewed_at")


def read_reviews(path: Path, known: Mapping[SignalKind, frozenset[str]]) -> tuple[tuple[int, LabelReview], ...]:
    """(line, review) of each row; `known` are the labels that there are, by kind.

    Raises ConfigurationError, code "reviews", with every fault and its line.
    """
    rows = records(_text(path), ",")
    start, header, _ = next(rows, (1, [], False))
    columns = [plain_name(name) for name in header]
    lacking = [name for name in COLUMNS if name not in columns]
    if lacking:
        raise refusal(path, [(start, f"the first line must name {', '.join(COLUMNS)}; it lacks {', '.join(lacking)}")])
    found: list[tuple[int, LabelReview]] = []
    faults: list[tuple[int, str]] = []
    line_of: dict[tuple[str, int, SignalKind, datetime], int] = {}
    for line, values, broken in rows:
        if broken or len(values) != len(columns):
            faults.append((line, f"has quotes that do not close, or not {len(columns)} values"))
            continue
        review = _review({name: plain_text(value) for name, value in zip(columns, values, strict=True)}, known)
        if not isinstance(review, LabelReview):
            faults += [(line, fault) for fault in review]
            continue
        first = line_of.setdefault((review.call_id, review.turn, review.kind, review.reviewed_at), line)
        if first != line:
            faults.append((line, f"is of the same turn, kind and time as line {first}"))
        found.append((line, review))
    if faults or not found:
        raise refusal(path, faults or [(0, "no review stands in it")])
    return tuple(found)


def refusal(path: Path, faults: list[tuple[int, str]]) -> ConfigurationError:
    """What is wrong with the file, by line."""
    problems = [Problem(where=path.name, line=line, message=fault) for line, fault in faults]
    return ConfigurationError("The reviews cannot be taken in.", problems=problems, code="reviews")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise refusal(path, [(0, f"cannot be read: {error.strerror or error}")]) from error
    except UnicodeDecodeError as error:
        raise refusal(path, [(0, "is no UTF-8; save it as 'CSV UTF-8'")]) from error


def _review(said: Mapping[str, str], known: Mapping[SignalKind, frozenset[str]]) -> LabelReview | list[str]:
    """The review in a row, or all that is wrong with it; never with a value that could be a customer's words."""
    faults = [f"{name}: is empty" for name in ("call_id", "reviewer") if not said[name]]
    at = _moment(said["reviewed_at"])
    if at is None:
        faults.append("reviewed_at: is no date and time like 2026-12-01T09:30:00+08:00")
    if not (said["turn"].isdecimal() and len(said["turn"]) < 7):
        faults.append("turn: must be a whole number, 0 for the first turn")
    labels = frozenset(label.strip() for label in said["labels"].split("|") if label.strip())
    kind = next((kind for kind in REVIEWED if kind == said["kind"]), None)
    if kind is None:
        faults.append(f"kind: must be one of {', '.join(REVIEWED)}")
    else:
        faults += _label_faults(kind, labels, known[kind])
    if faults or kind is None or at is None:
        return faults
    return LabelReview(
        call_id=said["call_id"],
        turn=int(said["turn"]),
        kind=kind,
        labels=labels,
        reviewer=said["reviewer"],
        reviewed_at=at,
    )


def _label_faults(kind: SignalKind, labels: frozenset[str], known: frozenset[str]) -> list[str]:
    if labels - known:
        return [f"labels: {', '.join(sorted(labels - known))} unknown; a {kind} is {', '.join(sorted(known))}"]
    return [f"labels: a {kind} has exactly one"] if kind in ONE_LABEL and len(labels) != 1 else []


def _moment(text: str) -> datetime | None:
    """ISO 8601; without a time zone it is taken as UTC."""
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
