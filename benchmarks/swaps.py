"""Who is the agent, by what is said: how often that is right, and how often swapped channels are found.

    python benchmarks/swaps.py DATA [--json]

DATA is as for accuracy.py. Each two-channel call is transcribed, then attributed three times: with metadata that say
nothing of channels, with the right ones, and with swapped ones.
  named     the content names the agent, sure enough to go by it (of these: right)
  unnamed   the content leaves it open
  found     swapped metadata are contradicted
  alarms    right metadata are contradicted
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from qa_pipeline import assembly
from qa_pipeline.archive.find import find
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import Party, Recording, Transcript
from qa_pipeline.pipeline import Forgetful, Parts, listen
from qa_pipeline.settings import load_settings
from qa_pipeline.speech import party

OTHER = {"left": "right", "right": "left"}


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    manifest = args.data / ("calls.csv" if (args.data / "calls.csv").is_file() else "manifest.csv")
    parts = assembly.parts(load_settings())
    counts: Counter[str] = Counter()
    for recording in find(args.data, probe=probe, manifest=manifest).recordings:
        if recording.media.channels == 2 and recording.meta.agent_channel in OTHER:
            counts.update(outcomes(recording, parts, quiet=args.json))
    if args.json:
        print(json.dumps(dict(sorted(counts.items()))))
        return 0
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    return 0


def outcomes(recording: Recording, parts: Parts, *, quiet: bool) -> Counter[str]:
    """What came out for one call."""
    _, heard, sound = listen(recording, parts, Forgetful())
    says = recording.meta.agent_channel

    def attributed(agent_channel: str) -> Transcript:
        transcript, _ = party.attribute(
            heard,
            sound.signals,
            replace(recording.meta, agent_channel=agent_channel),
            parts.book_of(heard.language),
            trust=parts.trust_channels,
            threshold=parts.party_confidence,
        )
        return transcript

    by_content, right, swapped = attributed(""), attributed(says), attributed(OTHER[says])
    agents = {turn.channel for turn in by_content.turns if turn.party is Party.AGENT}
    found: Counter[str] = Counter({"calls": 1})
    found["named" if agents else "unnamed"] += 1
    found["named right"] += agents == {0 if says == "left" else 1}
    found["swaps found"] += "channels_swapped" in swapped.flags
    found["false alarms"] += "channels_swapped" in right.flags
    if not quiet:
        print(f"{recording.id:20} {by_content.party_confidence:.3f} {', '.join(one for one in found if found[one])}")
    return found


if __name__ == "__main__":
    sys.exit(main())
