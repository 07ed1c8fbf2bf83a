"""Who works on a call, and who may take it from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_pipeline.domain.people import Right, User

QUIET = timedelta(minutes=5)
"""So long must the holder of a call have claimed and decided nothing before another reviewer may take it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Whose a call is at present: the user's id, since when, and until when without a sign of life.

    `active_at` is when they last decided something on it, or claimed it. Times in UTC.
    """

    user: str
    since: datetime
    until: datetime
    active_at: datetime

    def may_be_taken_by(self, user: User, now: datetime) -> bool:
        """Whether somebody may take the call over: who says who has a call at once, reviewers when it is quiet.

        Nobody takes over what is theirs already.
        """
        if user.id == self.user or not user.may(Right.REVIEW):
            return False
        return user.may(Right.ASSIGN) or now >= self.active_at + QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """Who took a call from its holder (a user's id), and when (UTC)."""

    by: str
    at: datetime
