"""The table that ends a night: agents, their scores, and where the reports are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from qa_pipeline.domain import AgentScorecard


def show(agents: Sequence[AgentScorecard], counts: Mapping[str, int], out: Path) -> None:
    """Prints one line an agent, what became of the recordings, and what to open."""
    console = Console()
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for title in ("agent", "name", "team"):
        table.add_column(title)
    for title in ("calls", "mean", "95 %", "complaints", "review"):
        table.add_column(title, justify="right", no_wrap=True)
    for agent in agents:
        mean = agent.mean
        span = mean.interval if mean else None
        table.add_row(
            agent.agent_id or "(not named)",
            agent.agent_name,
            agent.team,
            str(agent.calls),
            f"{mean.value:.1f}" if mean else "-",
            f"{span.low:.1f}–{span.high:.1f}" if span else "-",
            str(agent.complaints),
            str(agent.needs_review),
        )
    console.print(table)
    console.print("Recordings: " + ", ".join(f"{n} {status}" for status, n in sorted(counts.items())), highlight=False)
    console.print(f"Open {out / 'index.html'} for the scorecards.", highlight=False)
