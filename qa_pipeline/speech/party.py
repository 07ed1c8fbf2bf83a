"""Which channel is the agent's: as the metadata say, else by what is said."""

from __future__ import annotations

from collections.abc import Sequence

from qa_pipeline.domain import Party
from qa_pipeline.text.phrases import PhraseBook

# what only agents do, and how strongly it says so
AGENT_ACTS = {
    "offer_of_help": 3,
    "company": 2,
    "self_introduction": 1,
    "closing_check": 3,
    "hold_request": 1,
    "hold_thanks": 2,
}
MARGIN = 2


def parties(texts: Sequence[str], agent_channel: str, book: PhraseBook | None) -> tuple[tuple[Party, ...], str]:
    """(party of each channel, doubt). One channel is nobody's; two without a stated or heard agent are unknown.

    The doubt is "" when the metadata decide, "parties_by_content" when the words do, "parties_unknown" when nothing
    does, "mono" when there is one channel.
    """
    if len(texts) != 2:
        return tuple(Party.UNKNOWN for _ in texts), "mono"
    if agent_channel:
        return _agent_on(0 if agent_channel == "left" else 1), ""
    if book is not None:
        left, right = (sum(AGENT_ACTS.get(hit.act, 0) for hit in book.search(text)) for text in texts)
        if abs(left - right) >= MARGIN:
            return _agent_on(0 if left > right else 1), "parties_by_content"
    return (Party.UNKNOWN, Party.UNKNOWN), "parties_unknown"


def _agent_on(channel: int) -> tuple[Party, Party]:
    return (Party.AGENT, Party.CUSTOMER) if channel == 0 else (Party.CUSTOMER, Party.AGENT)
