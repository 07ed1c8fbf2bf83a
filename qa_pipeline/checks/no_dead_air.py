"""Outside a hold there is no long stretch in which nobody speaks."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, SignalKind
from qa_pipeline.rules.outcome import failed, not_measured, passed, say


def check(view: CallView, *, longest_s: float = 5.0) -> Finding:
    """Fails for every silence outside a hold that lasts over `longest_s` seconds (at least 5 are measured)."""
    if SignalKind.DEAD_AIR not in view.measured:
        return not_measured(view)
    found = [signal for signal in view.of(SignalKind.DEAD_AIR) if signal.span.duration_ms > longest_s * 1000]
    if found:
        longest = max(signal.span.duration_ms for signal in found) / 1000
        why = say(
            view,
            en=f"Nobody spoke for {longest:.0f} seconds, and no wait had been announced.",
            zh=f"没有说明就冷场了 {longest:.0f} 秒。",
        )
        return failed(view, why, found)
    return passed(view, say(view, en="No long silence outside a hold.", zh="没有长时间冷场。"))
