"""No credit for what was cut away: calls whose closing words are taken out of the sound must not pass for them.

    python benchmarks/cut_closing.py DATA

DATA is as for accuracy.py (recordings, calls.csv, turns.jsonl). In each call the sound ends before the first agent turn
of the last 70 % in which a human transcript has a closing check, thanks for calling or a goodbye; what stands before is
judged with the built-in scorecards. A pass of closing_check or farewell is a false pass.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import soundfile

from qa_pipeline import assembly
from qa_pipeline.archive.find import find
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import Recording
from qa_pipeline.pipeline import Forgetful, process
from qa_pipeline.settings import load_settings

CLOSING = re.compile(
    r"anything else|any other|something else|help you with|thank(s| you) for (calling|your)"
    r"|have a (great|good|nice|wonder)|good ?bye|\bbye\b|take care",
)
LATE = 0.3  # share of the call after which a closing turn may stand
EDGE_MS = 100


def main() -> int:
    """Prints how often which verdict came, and names every false pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (args.data / "turns.jsonl").read_text("utf-8").splitlines():
        turn = json.loads(line)
        turns[turn["call_id"]].append(turn)
    parts = assembly.parts(load_settings())
    table: Counter[tuple[str, str]] = Counter()
    found = find(args.data, probe=probe, manifest=args.data / "calls.csv")
    with tempfile.TemporaryDirectory() as folder:
        for recording in found.recordings:
            end_ms = first_closing_ms(turns[recording.id], recording.media.duration_ms)
            call = process(cut(recording, end_ms, Path(folder)), parts, Forgetful())
            for finding in call.findings:
                if finding.criterion in ("closing_check", "farewell"):
                    table[finding.criterion, finding.verdict] += 1
                    if finding.verdict == "pass":
                        print(f"{recording.id} {finding.criterion}: {[item.quote for item in finding.evidence]}")
    for (criterion, verdict), n in sorted(table.items()):
        print(f"{criterion:16}{verdict:16}{n:4}")
    return 0


def first_closing_ms(turns: list[dict[str, Any]], duration_ms: int) -> int:
    """Where the agent's closing begins by the human transcript; the call's end where it has none."""
    starts = [
        turn["start_ms"]
        for turn in turns
        if turn["party"] == "agent" and turn["start_ms"] > LATE * duration_ms and CLOSING.search(turn["text"].lower())
    ]
    return min(starts, default=duration_ms)


def cut(recording: Recording, end_ms: int, folder: Path) -> Recording:
    """The recording up to this moment, as a file of its own."""
    sound, rate = soundfile.read(recording.uri)
    path = folder / f"{recording.id}.wav"
    soundfile.write(path, sound[: round((end_ms - EDGE_MS) / 1000 * rate)], rate, subtype="PCM_16")
    return replace(recording, uri=str(path), sha256=f"cut {recording.sha256}", media=probe(path))


if __name__ == "__main__":
    sys.exit(main())
