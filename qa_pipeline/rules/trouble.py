"""Whether the customer is in trouble, and of which kind: what empathy and apology depend on."""

from __future__ import annotations

from qa_pipeline.domain import Answer, CallView, Party, Signal, SignalKind

SURE_SENTIMENT = 0.7  # confidence from which on a negative turn counts by itself
SURE_NONE = 0.6  # confidence from which on it is believed that a call is no complaint


def troubled_by_service(view: CallView) -> Answer:
    """Whether the customer reports a problem with product, service or staff.

    The judgement of the whole call leads; the customer's own words and the tone of the turns decide where it is
    open, and make it doubtful where they contradict it.
    """
    if view.of(SignalKind.COMPLAINT, "true"):
        return Answer.YES
    words = {signal.turn for signal in view.acts("trouble", party=Party.CUSTOMER)}
    negative = negative_turns(view)
    if any(one.confidence >= SURE_NONE for one in view.of(SignalKind.COMPLAINT, "false")):
        return Answer.UNSURE if words and any(s.turn in words for s in negative) and not misfortune(view) else Answer.NO
    if len(words) > 1 or any(signal.turn in words for signal in negative):
        return Answer.YES
    doubtful = bool(words) or (any(s.confidence >= SURE_SENTIMENT for s in negative) and not misfortune(view))
    return Answer.UNSURE if doubtful else Answer.NO


def distressed(view: CallView) -> Answer:
    """Whether the customer is worried, upset or under pressure, whatever the reason."""
    negative = negative_turns(view)
    words = view.acts("distress", party=Party.CUSTOMER)
    if any(s.confidence >= SURE_SENTIMENT for s in negative) or (words and negative):
        return Answer.YES
    return Answer.UNSURE if negative or words else Answer.NO


def misfortune(view: CallView) -> tuple[Signal, ...]:
    """Where the customer tells of a death, an illness, an accident or a loss outside the service."""
    return view.acts("misfortune", party=Party.CUSTOMER)


def unlucky(view: CallView) -> Answer:
    """Whether the customer tells of such a misfortune."""
    return Answer.YES if misfortune(view) else Answer.NO


def negative_turns(view: CallView) -> tuple[Signal, ...]:
    """The customer's turns that sound negative."""
    return view.of(SignalKind.SENTIMENT, "negative", party=Party.CUSTOMER)


def moments(view: CallView) -> tuple[Signal, ...]:
    """The customer's words that show the trouble, for a finding to point at."""
    return view.acts("trouble", "distress", "misfortune", party=Party.CUSTOMER)
