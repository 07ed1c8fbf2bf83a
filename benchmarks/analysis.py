"""What the analysis of a transcript costs beside its transcription: acts, sentiment, complaint, causes, dynamics.

    python benchmarks/analysis.py FOLDER [--calls 10]

Takes calls from all over a folder of recordings (with its manifest.csv or calls.csv where there is one), listens to
each and then detects, with models that are loaded and have seen none of its words. Prints seconds, and detection as a
share of listening, by call and in all.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from qa_pipeline.archive.find import find
from qa_pipeline.assembly import parts
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import Recording
from qa_pipeline.pipeline import Forgetful, Parts, attribute, detect, listen
from qa_pipeline.settings import load_settings


def main() -> int:
    """Prints a line for each call and one for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--calls", type=int, default=10)
    args = parser.parse_args()
    manifest = next(
        (args.folder / name for name in ("manifest.csv", "calls.csv") if (args.folder / name).is_file()), None
    )
    recordings = find(args.folder, probe=probe, manifest=manifest).recordings
    step = max(1, len(recordings) // (args.calls + 1))
    made = parts(load_settings())
    measure(recordings[0], made)  # loads the models
    total = [0.0, 0.0]
    for recording in recordings[step::step][: args.calls]:
        heard, found = measure(recording, made)
        total = [total[0] + heard, total[1] + found]
        print(f"{recording.id}: listening {heard:.2f} s, analysis {found:.2f} s, {100 * found / heard:.1f} %")
    print(f"all: listening {total[0]:.1f} s, analysis {total[1]:.1f} s, {100 * total[1] / total[0]:.1f} %")
    return 0


def measure(recording: Recording, made: Parts) -> tuple[float, float]:
    """(seconds of listening, seconds of detecting)."""
    memory = Forgetful()
    start = time.perf_counter()
    key, transcript, sound = attribute(recording, *listen(recording, made, memory), made, memory)
    between = time.perf_counter()
    detect(recording, key, transcript, sound, made, memory)
    return between - start, time.perf_counter() - between


if __name__ == "__main__":
    sys.exit(main())
