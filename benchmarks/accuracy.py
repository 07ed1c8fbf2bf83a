"""How many words are wrong: the pipeline's transcripts against human ones.

    python benchmarks/accuracy.py DATA [--db URL] [--json]

DATA holds recordings, calls.csv and turns.jsonl (call_id, party, start_ms, end_ms, text), or recordings, manifest.csv
and truth.jsonl as samples/ does. With --db the transcripts come from a database that `qa nightly` wrote, without it
the calls are transcribed now. English is counted in words, twice: with Whisper's EnglishTextNormalizer alone, and with
digit runs split into digits and the pairs of equivalents.csv folded on both sides. Chinese is counted in characters of
simplified script. Turn starts: the share of true turns that a word or turn of the same party starts within 300 ms of.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import jiwer
from whisper.normalizers import EnglishTextNormalizer

from qa_pipeline import assembly, pipeline
from qa_pipeline.archive.find import find
from qa_pipeline.audio.probe import probe
from qa_pipeline.domain import Party, Transcript
from qa_pipeline.settings import load_settings
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.queries import scored_calls
from qa_pipeline.text.normalise import tokens

HERE = Path(__file__).parent
Turns = dict[str, list[dict[str, object]]]
NEAR_MS = 300


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--db", help="database that `qa nightly` wrote")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    truth = read_truth(args.data)
    heard = dict(from_database(args.db) if args.db else transcribed(args.data))
    missing = sorted(set(truth) - set(heard))
    if missing:
        sys.exit(f"no transcript of {len(missing)} calls, for example {missing[0]}")
    result = measure({call: heard[call] for call in truth}, truth)
    if args.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}")
    return 0


def measure(heard: dict[str, Transcript], truth: Turns) -> dict[str, float | int]:
    """Error rates by language (fractions), and the share of turn starts within 300 ms."""
    fold = folder()
    whisper = EnglishTextNormalizer()
    views: dict[str, tuple[str, Callable[[str], str]]] = {
        "word error rate, normalised": ("en", whisper),
        "word error rate, normalised and folded": ("en", lambda text: fold(whisper(text))),
        "character error rate": ("zh", characters),
    }
    result: dict[str, float | int] = {"calls": len(heard)}
    for name, (language, plain) in views.items():
        pairs = [
            (plain(said), plain(got))
            for call, transcript in heard.items()
            if transcript.language == language
            for said, got in by_party(truth[call], transcript)
        ]
        pairs = [pair for pair in pairs if pair[0]]
        if pairs:
            result[name] = jiwer.wer([said for said, _ in pairs], [got for _, got in pairs])
    near = [abs_start for call in heard for abs_start in starts(truth[call], heard[call])]
    if near:
        result[f"turn starts within {NEAR_MS} ms"] = sum(distance <= NEAR_MS for distance in near) / len(near)
    return result


def by_party(said: Iterable[dict[str, object]], transcript: Transcript) -> Iterable[tuple[str, str]]:
    """(reference, recognised) of each party; of everybody together where parties are not known."""
    known = any(turn.party is Party.AGENT for turn in transcript.turns)
    for party in (Party.AGENT, Party.CUSTOMER) if known else (None,):
        ordered = sorted(said, key=lambda turn: int(str(turn["start_ms"])))
        reference = " ".join(str(turn["text"]) for turn in ordered if party is None or turn["party"] == party)
        yield (
            reference.replace("~", ""),
            " ".join(turn.text for turn in transcript.turns if party is None or turn.party is party),
        )


def starts(said: Iterable[dict[str, object]], transcript: Transcript) -> Iterable[int]:
    """Distance of each true turn's start to the nearest start of a word of the same party."""
    for turn in said:
        own = [
            word.start_ms
            for one in transcript.turns
            if one.party in (turn["party"], Party.UNKNOWN)
            for word in one.words
        ]
        if own:
            yield min(abs(start - int(str(turn["start_ms"]))) for start in own)


def folder() -> Callable[[str], str]:
    """Splits digit runs and folds the equivalents; for text that is normalised already."""
    with (HERE / "equivalents.csv").open(encoding="utf-8", newline="") as lines:
        pairs = [(re.compile(rf"\b{re.escape(row['written'])}\b"), row["folded"]) for row in csv.DictReader(lines)]

    def fold(text: str) -> str:
        text = " ".join(re.sub(r"(\d)", r" \1 ", text).split())
        for written, folded in pairs:
            text = written.sub(folded, text)
        return text

    return fold


def characters(text: str) -> str:
    """Simplified characters (and words in Latin script) with spaces between, punctuation dropped."""
    return " ".join(token.text.lower() for token in tokens(text))


def read_truth(data: Path) -> Turns:
    """The true turns by call."""
    found: Turns = defaultdict(list)
    path = data / "turns.jsonl" if (data / "turns.jsonl").is_file() else data / "truth.jsonl"
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        found[entry["call_id"]] += entry.get("turns", [entry])
    return dict(found)


def from_database(url: str) -> Iterable[tuple[str, Transcript]]:
    """The transcripts that a night has stored."""
    with open_store(url, create=False) as store:
        for call in scored_calls(store, machine=True):
            yield call.recording.id, call.transcript


def transcribed(data: Path) -> Iterable[tuple[str, Transcript]]:
    """The transcripts of the recordings, made now."""
    manifest = data / "calls.csv" if (data / "calls.csv").is_file() else data / "manifest.csv"
    parts = assembly.parts(load_settings())
    for recording in find(data, probe=probe, manifest=manifest).recordings:
        memory = pipeline.Forgetful()
        _, transcript, _ = pipeline.attribute(recording, *pipeline.listen(recording, parts, memory), parts, memory)
        yield recording.id, transcript


if __name__ == "__main__":
    sys.exit(main())
