"""What is known of a call before anyone listens to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Party(StrEnum):
    """Who speaks."""

    AGENT = "agent"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMeta:
    """What manifest, sidecar or file name say of a call. Empty text and None mean "not said".

    `language` is "en", "zh" or "" (detect it); `agent_channel` is "left", "right" or "" (not said);
    `csat` is the customer's own rating on the site's scale; `category` is that of the ticket that the call belongs to,
    and `resolved_at` the moment when that ticket was resolved, often known days after the call.
    """

    call_id: str
    agent_id: str = ""
    agent_name: str = ""
    team: str = ""
    queue: str = ""
    language: str = ""
    started_at: datetime | None = None
    direction: str = ""
    customer_id: str = ""
    agent_channel: str = ""
    csat: float | None = None
    disposition: str = ""
    category: str = ""
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """The technical side of a recording. `codec` as the decoder names it, for example "PCM_16" or "amr_nb"."""

    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    duration_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One call recording. `uri` is the file's path; `sha256` is of its bytes and says whether it is the same call."""

    uri: str
    sha256: str
    media: Media
    meta: CallMeta
    flags: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        return self.meta.call_id
