"""`qa call`: one recording, without Prefect or a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_pipeline.domain import CallFacts, Recording, ScoredCall, SignalKind, Taxonomy, call_facts
from qa_pipeline.settings import load_settings

if TYPE_CHECKING:
    from qa_pipeline.pipeline import Parts

LANGUAGE = "en"  # as all that commands print


def call(
    file: Annotated[Path, typer.Argument(help="The recording.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the call as one line of JSON.")] = False,
    language: Annotated[str, typer.Option(help="en or zh. [default: detected]")] = "",
    agent_channel: Annotated[str, typer.Option(help="left or right. [default: by what is said]")] = "",
    scorecard: Annotated[str | None, typer.Option(help="Scorecard. [default: by language]")] = None,
) -> None:
    """Transcribes and judges one recording and shows every verdict with its reason."""
    from qa_pipeline import assembly  # noqa: PLC0415 - heavy
    from qa_pipeline.pipeline import Forgetful, process  # noqa: PLC0415 - heavy

    recording = _recording(file, language=language, agent_channel=agent_channel)
    settings = load_settings()
    parts = assembly.parts(settings, scorecard=scorecard)
    scored = process(recording, parts, Forgetful())
    if as_json:
        from qa_pipeline.reporting.calls_jsonl import call_line  # noqa: PLC0415 - for JSON only

        sys.stdout.write(json.dumps(call_line(scored), ensure_ascii=False) + "\n")
    else:
        _show(scored, parts, assembly.taxonomy(settings))


def _recording(file: Path, *, language: str, agent_channel: str) -> Recording:
    """The recording with what the options say, and besides them what a sidecar beside it says."""
    from qa_pipeline.archive.fields import call_meta  # noqa: PLC0415 - with the command only
    from qa_pipeline.archive.sidecar import from_sidecar  # noqa: PLC0415 - with the command only
    from qa_pipeline.audio.probe import probe  # noqa: PLC0415 - reads sound
    from qa_pipeline.weights.fetch import sha256_of  # noqa: PLC0415 - with it

    file = file.resolve()
    media = probe(file)
    given = {"language": language, "agent_channel": agent_channel}
    said = from_sidecar(file.parent, file.name) | {name: value for name, value in given.items() if value}
    meta = call_meta(said, call_id=file.stem)
    return Recording(uri=str(file), sha256=sha256_of(file), media=media, meta=meta)


def _show(scored: ScoredCall, parts: Parts, taxonomy: Taxonomy) -> None:
    from rich.console import Console  # noqa: PLC0415 - tables only
    from rich.markup import escape  # noqa: PLC0415 - tables only
    from rich.table import Table  # noqa: PLC0415 - tables only

    from qa_pipeline.pipeline import scorecard_for  # noqa: PLC0415 - with the models

    console = Console()
    card = scorecard_for(scored.recording.meta, scored.transcript.language, parts)
    titles = {one.name: one.title for one in card.criteria}
    for turn in scored.transcript.turns:
        console.print(
            f"{clock(turn.start_ms)}  [bold]{turn.party}[/bold]  {escape(turn.text)}", highlight=False, soft_wrap=True
        )
    table = Table("criterion", "verdict", "why", "evidence")
    for finding in scored.findings:
        moments = "; ".join(f"{clock(one.start_ms)} {one.quote}".strip() for one in finding.evidence[:2])
        table.add_row(
            escape(titles.get(finding.criterion, finding.criterion)),
            str(finding.verdict),
            escape(finding.why),
            escape(moments),
        )
    console.print(table)
    for line in felt_lines(scored, taxonomy):
        console.print(escape(line), highlight=False, soft_wrap=True)
    score = scored.score
    percent = "nothing could be judged" if score.percent is None else f"{score.percent:.0f} % ({score.band})"
    review = "; a person must look: " + ", ".join(score.review_reasons) if score.needs_review else ""
    console.print(f"{score.points:g} of {score.out_of:g} points, {percent}{review}", highlight=False)


def felt_lines(scored: ScoredCall, taxonomy: Taxonomy) -> tuple[str, str]:
    """How the customer's mood went, and whether the customer complains and of what, a line each."""
    facts = call_facts(scored)
    measured = SignalKind.SENTIMENT in scored.measured
    nothing = "nothing to judge it by" if measured else "not measured"
    mood = f"{facts.mood.start} → {facts.mood.end}" if facts.mood else nothing
    complaint = _complaint(facts, taxonomy) if SignalKind.COMPLAINT in scored.measured else "not measured"
    return f"mood: {mood}", f"complaint: {complaint}"


def _complaint(facts: CallFacts, taxonomy: Taxonomy) -> str:
    if facts.is_complaint is None:
        perhaps = "".join(f" (perhaps {taxonomy.title(hint.label, LANGUAGE)})" for hint in facts.hints[:1])
        return f"undecided{perhaps}"
    causes = ", ".join(taxonomy.title(cause.label, LANGUAGE) for cause in facts.causes)
    return ("yes" + (f" ({causes})" if causes else "")) if facts.is_complaint else "no"


def clock(ms: int) -> str:
    """Minutes and seconds.

    >>> clock(65_400)
    '1:05'
    """
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"
