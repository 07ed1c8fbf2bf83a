"""Where a list goes on: opaque to whoever sends it back."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from qa_pipeline.store.listing import After
from qa_pipeline.web.api.problems import Refused


def written(after: After) -> str:
    """The cursor of a place.

    >>> read(written(After(call_id="a/b")), by_change=False)
    After(call_id='a/b', changed_at=None)
    """
    moment = after.changed_at.isoformat() if after.changed_at else None
    text = json.dumps([after.call_id, moment], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, *, by_change: bool) -> After:
    """The place of a cursor. Raises Refused, code "cursor", for one that is not of this list."""
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        call_id, moment = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        after = After(call_id=call_id, changed_at=datetime.fromisoformat(moment) if moment is not None else None)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        after = None
    if after is None or not isinstance(after.call_id, str) or (after.changed_at is not None) is not by_change:
        raise Refused("This cursor is not of this list.", code="cursor", status=422)
    if after.changed_at is not None and after.changed_at.tzinfo is not None:
        raise Refused("This cursor is not of this list.", code="cursor", status=422)
    return after
