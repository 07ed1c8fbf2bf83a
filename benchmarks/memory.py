"""How much memory transcription takes: one very long call, and many short ones.

    python benchmarks/memory.py DATA [--hours 3] [--calls 200] [--json]

DATA is as for accuracy.py. The long call is DATA's two-channel recordings one behind the other, again and again, for so
many hours, as one file; then as many short calls as asked for go through the same process, the recordings in turn.
Peak and present size are those of the whole process with all models (resident set).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import soundfile

from qa_pipeline import assembly
from qa_pipeline.archive.find import find
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import Recording
from qa_pipeline.pipeline import Forgetful, Parts, attribute, listen
from qa_pipeline.settings import load_settings


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--hours", type=float, default=3.0, help="length of the long call")
    parser.add_argument("--calls", type=int, default=200, help="short calls")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    manifest = args.data / ("calls.csv" if (args.data / "calls.csv").is_file() else "manifest.csv")
    calls = [one for one in find(args.data, probe=probe, manifest=manifest).recordings if one.media.channels == 2]
    parts = assembly.parts(load_settings())
    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        long = a_long_call(calls, args.hours, Path(folder) / "long.wav")
        result |= {"long call, hours": round(long.media.duration_ms / 3_600_000, 2)}
        result |= {"long call, x real time": round(long.media.duration_ms / 1000 / hear(long, parts), 1)}
    result |= {"long call, peak MB": peak_mb()}
    for number, recording in enumerate(islice(cycle(calls), args.calls), start=1):
        hear(recording, parts)
        if number % max(1, args.calls // 4) == 0:
            result[f"after {number} short calls, MB"] = present_mb()
    if args.json:
        print(json.dumps(result))
        return 0
    for name, value in result.items():
        print(f"{name}: {value}")
    return 0


def hear(recording: Recording, parts: Parts) -> float:
    """Seconds that a call takes from its file to its parties."""
    began = time.perf_counter()
    attribute(recording, *listen(recording, parts, Forgetful()), parts, Forgetful())
    return time.perf_counter() - began


def a_long_call(calls: Sequence[Recording], hours: float, path: Path) -> Recording:
    """The calls one behind the other until the hours are full; all have the first one's sample rate."""
    first = calls[0]
    rate = soundfile.info(first.uri).samplerate
    left = round(hours * 3600 * rate)
    with soundfile.SoundFile(path, "w", rate, 2, "PCM_16") as sink:
        for one in cycle(calls):
            sound, own_rate = soundfile.read(one.uri, dtype="int16")
            if own_rate == rate:
                sink.write(sound[:left])
                left -= len(sound)
            if left <= 0:
                break
    return replace(first, uri=str(path), media=probe(path))


def peak_mb() -> float:
    """The most memory that this process has had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def present_mb() -> float:
    """The memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * resource.getpagesize() / 2**20)


if __name__ == "__main__":
    sys.exit(main())
