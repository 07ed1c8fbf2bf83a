"""How exactly silences, overlaps, holds and speech rates are measured, on calls whose times are known to the sample.

    python benchmarks/dynamics.py [--calls N] [--listen] [--json]

Made calls: the turns of the samples' stereo calls, cut out of their channels and put together anew from a seed with
short gaps, silences, holds (with notice or not, with music or not) and overlaps at known times, over a line's noise and
mu-law. Samples: the stereo calls as they are. True silences lie between turns, true overlaps where two turns do; a turn
is exact to its first and last sample over one hundredth of the loudest.

Found and true spans belong together where both ends agree to 200 ms. True ones within 200 ms of the shortest that
counts (1 s of silence, 0.2 s of overlap) count neither way. The rate is that of the true words over measured time,
against the true time (all that is as loud, breaks up to 0.3 s included); with --listen it is that of recognised words,
on the samples.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from qa_pipeline import assembly
from qa_pipeline.archive.find import find
from qa_pipeline.audio.crosstalk import without_echo
from qa_pipeline.audio.measure import MIN_OVERLAP_MS, MIN_SILENCE_MS, measure
from qa_pipeline.audio.onset import with_onsets
from qa_pipeline.audio.probe import probe
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.audio.track import Track
from qa_pipeline.domain import CallView, Party, Signal, SignalKind, Span, Turn
from qa_pipeline.domain.span import gaps, intersect, merge
from qa_pipeline.pipeline import Forgetful, attribute, listen
from qa_pipeline.settings import load_settings
from qa_pipeline.signals.holds import MIN_HOLD_MS, Holds
from qa_pipeline.signals.pace import MIN_SPEECH_MS, PAUSE_MS, Pace
from qa_pipeline.testing.dummies import a_call_view, a_media, a_signal, a_transcript, a_turn
from qa_pipeline.testing.sounds import comfort_noise, hold_music, telephone
from qa_pipeline.text.normalise import tokens

SAMPLES = Path(__file__).parents[1] / "samples"
RATE_HZ = 8000
FLOOR = 0.006
NEAR_MS = 200
TAIL_MS = 1000
PARTIES = (Party.AGENT, Party.CUSTOMER)
Sound = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One turn's clean sound, and where it lies in a call."""

    party: Party
    text: str
    sound: Sound
    start_ms: int = 0

    @property
    def end_ms(self) -> int:
        return self.start_ms + round(len(self.sound) * 1000 / RATE_HZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call and its truth; `holds` are (from, to, "asked" or "music"), `notices` when the agent has asked to wait."""

    name: str
    language: str
    pieces: tuple[Piece, ...]
    sound: NDArray[np.float32]  # shape (2, samples)
    holds: tuple[tuple[Span, str], ...] = ()
    notices: tuple[Span, ...] = ()

    def speech(self, party: Party, pause_ms: int) -> tuple[Span, ...]:
        """Where a party truly speaks; pauses up to `pause_ms` belong to it."""
        return merge((span for piece in self.pieces if piece.party is party for span in active(piece)), gap_ms=pause_ms)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=44, help="so many made calls")
    parser.add_argument("--listen", action="store_true", help="recognise the samples' words too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    rows = [json.loads(line) for line in (SAMPLES / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    stereo = [row for row in rows if row["channels"] == "stereo"]
    table = {
        "made": measured(put_together(stereo[n % len(stereo)], n) for n in range(args.calls)),
        "samples": measured(as_it_is(row) for row in stereo),
    }
    if args.listen:
        table["recognised"] = rates(recognised_rates(stereo))
    if args.json:
        print(json.dumps(table))
        return 0
    for name, figures in table.items():
        print(f"{name:12}", *(f"{key} {value}" for key, value in figures.items()), sep="\n    ")
    return 0


def pieces_of(row: dict[str, object]) -> list[Piece]:
    """The turns of a stereo sample with their sound, at their own times."""
    sound, _ = soundfile.read(SAMPLES / "audio" / f"{row['call_id']}.flac", dtype="float32", always_2d=True)
    return [
        Piece(
            party=Party(turn["party"]),
            text=turn["text"],
            sound=sound[
                turn["start_ms"] * RATE_HZ // 1000 : turn["end_ms"] * RATE_HZ // 1000, int(turn["party"] != "agent")
            ],
            start_ms=turn["start_ms"],
        )
        for turn in row["turns"]  # type: ignore[attr-defined]  # a list by samples/README.md
    ]


def as_it_is(row: dict[str, object]) -> Made:
    """A stereo sample; what its holds are is not in its truth."""
    sound, _ = soundfile.read(SAMPLES / "audio" / f"{row['call_id']}.flac", dtype="float32", always_2d=True)
    return Made(name=str(row["call_id"]), language=str(row["language"]), pieces=tuple(pieces_of(row)), sound=sound.T)


def put_together(row: dict[str, object], seed: int) -> Made:
    """The turns of a sample at new times."""
    random = np.random.default_rng(seed)
    placed: list[Piece] = []
    holds: list[tuple[Span, str]] = []
    notices: list[Span] = []
    music: list[tuple[Span, Sound]] = []
    for piece in pieces_of(row):
        start_ms = 500
        if placed:
            before, last = placed[-1], max(one.end_ms for one in placed)
            start_ms = last + int(random.integers(150, 800))
            chance = random.random()
            shorter = min(before.end_ms - before.start_ms, piece.end_ms - piece.start_ms)
            own = [one.end_ms for one in placed if one.party is piece.party]
            if chance < 0.3 and before.party is not piece.party and before.end_ms == last and shorter > 1200:
                start_ms = last - int(random.integers(400, min(1800, shorter - 500)))
                start_ms = max([start_ms, *(end + 700 for end in own)])
            elif chance < 0.5:
                start_ms = last + int(random.integers(1250, 6000))
            elif chance < 0.65 and before.party is Party.AGENT:
                start_ms = last + int(random.integers(4000, 12_000))
                asked = random.random() < 0.6
                sounds = not asked or random.random() < 0.5
                holds.append((Span(start_ms=last, end_ms=start_ms), "asked" if asked else "music"))
                if asked:
                    notices.append(Span(start_ms=before.start_ms, end_ms=before.end_ms))
                if sounds:
                    at = Span(start_ms=last + 300, end_ms=start_ms - 300)
                    music.append((at, hold_music(RATE_HZ, at.duration_ms / 1000, seed)))
        placed.append(replace(piece, start_ms=start_ms))
    size = (max(one.end_ms for one in placed) + TAIL_MS) * RATE_HZ // 1000
    sound = np.stack([comfort_noise(RATE_HZ, size / RATE_HZ, 2 * seed + channel)[:size] for channel in (0, 1)])
    for piece in placed:
        put(sound[PARTIES.index(piece.party)], piece.sound, piece.start_ms)
    for at, wave in music:
        put(sound[1], wave * np.float32(0.5), at.start_ms)
    return Made(
        name=f"{row['call_id']} {seed}",
        language=str(row["language"]),
        pieces=tuple(placed),
        sound=np.stack([telephone(channel) for channel in sound]),
        holds=tuple(holds),
        notices=tuple(notices),
    )


def put(channel: Sound, wave: Sound, start_ms: int) -> None:
    """Adds a sound to a channel."""
    first = start_ms * RATE_HZ // 1000
    room = channel[first : first + len(wave)]
    room += wave[: len(room)]


def active(piece: Piece) -> Iterator[Span]:
    """Where a piece has sound, sample by sample; pauses up to 50 ms belong to it."""
    loud = np.flatnonzero(np.abs(piece.sound) > FLOOR)
    if not len(loud):
        return
    breaks = np.flatnonzero(np.diff(loud) > RATE_HZ // 20)
    for first, last in zip([loud[0], *loud[breaks + 1]], [*loud[breaks], loud[-1]], strict=True):
        start, end = (piece.start_ms + round(int(at) * 1000 / RATE_HZ) for at in (first, last + 1))
        yield Span(start_ms=start, end_ms=end)


def measured(calls: Iterator[Made]) -> dict[str, object]:
    """All figures over some calls."""
    finder, counts, errors, n = SileroSpeech(), Counter[str](), list[float](), 0
    for call in calls:
        n += 1
        signals = heard(call, finder)
        true = [
            merge(Span(start_ms=one.start_ms, end_ms=one.end_ms) for one in call.pieces if one.party is party)
            for party in PARTIES
        ]
        silence = [span for span in gaps(merge([*true[0], *true[1]])) if span.duration_ms >= MIN_SILENCE_MS - NEAR_MS]
        compare(counts, "silence", silence, of(signals, SignalKind.SILENCE), MIN_SILENCE_MS)
        both = intersect(*true)
        overlaps = of(signals, SignalKind.OVERLAP)
        compare(counts, "overlap", both, overlaps, MIN_OVERLAP_MS)
        compare_starters(counts, call, both, [one for one in signals if one.kind is SignalKind.OVERLAP])
        view = view_of(call, signals)
        if call.holds:
            compare_holds(counts, call, Holds()(view))
        errors += rate_errors(call, view)
    figures: dict[str, object] = {"calls": n}
    for kind in ("silence", "overlap", "holds"):
        if counts[f"{kind} true"]:
            figures[kind] = f1(counts, kind)
    for kind in ("starter", "notice"):
        if counts[f"{kind} all"]:
            figures[kind] = f"{counts[f'{kind} right']} of {counts[f'{kind} all']}"
    return figures | rates(errors)


def heard(call: Made, finder: SileroSpeech) -> tuple[Signal, ...]:
    """What the listen stage measures on a call, the agent being on the left."""
    tracks = [
        Track.of(soxr.resample(wave, RATE_HZ, 16_000).astype(np.float32), rate_hz=16_000, channel=channel)
        for channel, wave in enumerate(call.sound)
    ]
    speech, echoed = without_echo(tracks, finder(tracks))
    if not echoed:
        speech = tuple(with_onsets(spans, track) for spans, track in zip(speech, tracks, strict=True))
    return tuple(
        replace(one, party=PARTIES[int(one.label)], label="") if one.label else one
        for one in measure(tracks, speech, (0, 1))
    )


def view_of(call: Made, signals: Sequence[Signal]) -> CallView:
    """The call with its true words, as detectors see it."""
    turns: list[Turn] = [
        a_turn(piece.text, party=piece.party, start_ms=piece.start_ms, end_ms=piece.end_ms) for piece in call.pieces
    ]
    notices = [
        a_signal(SignalKind.ACT, "hold_notice", party=Party.AGENT, start_ms=one.start_ms, end_ms=one.end_ms)
        for one in call.notices
    ]
    return a_call_view(
        transcript=a_transcript(*sorted(turns, key=lambda one: one.start_ms), language=call.language),
        signals=tuple(sorted([*signals, *notices], key=lambda one: one.start_ms)),
        media=a_media(duration_ms=call.sound.shape[1] * 1000 // RATE_HZ),
    )


def of(signals: Sequence[Signal], kind: SignalKind) -> list[Span]:
    """The spans of one kind."""
    return [one.span for one in signals if one.kind is kind]


def near(one: Span, other: Span) -> bool:
    """Whether both ends of two spans agree."""
    return abs(one.start_ms - other.start_ms) <= NEAR_MS and abs(one.end_ms - other.end_ms) <= NEAR_MS


def compare(counts: Counter[str], kind: str, true: Sequence[Span], found: Sequence[Span], limit_ms: int) -> None:
    """Counts true, found and matched spans; what is true and near the limit counts neither way."""
    left = list(found)
    for span in true:
        match = next((one for one in left if near(one, span)), None)
        if match:
            left.remove(match)
        if span.duration_ms >= limit_ms + NEAR_MS:
            counts[f"{kind} true"] += 1
            counts[f"{kind} hit"] += match is not None
    counts[f"{kind} wrong"] += len(left)


def compare_starters(counts: Counter[str], call: Made, both: Sequence[Span], found: Sequence[Signal]) -> None:
    """Who began, where an overlap was found."""
    for span in both:
        match = next((one for one in found if near(one.span, span)), None)
        if match and span.duration_ms >= MIN_OVERLAP_MS + NEAR_MS:
            inside = [
                piece for piece in call.pieces if Span(start_ms=piece.start_ms, end_ms=piece.end_ms).overlap_ms(span)
            ]
            counts["starter all"] += 1
            counts["starter right"] += match.party is max(inside, key=lambda piece: piece.start_ms).party


def compare_holds(counts: Counter[str], call: Made, found: Sequence[Signal]) -> None:
    """Holds, and whether notice was given of those that were found."""
    holds = [one for one in found if one.kind is SignalKind.HOLD]
    compare(counts, "holds", [span for span, _ in call.holds], [one.span for one in holds], MIN_HOLD_MS)
    for span, label in call.holds:
        match = next((one for one in holds if near(one.span, span)), None)
        if match:
            counts["notice all"] += 1
            counts["notice right"] += match.label == label


def rate_errors(call: Made, view: CallView) -> list[float]:
    """The relative error of each party's rate, true words over measured time against true time."""
    found = {one.party: one.value or 0.0 for one in Pace()(view) if one.kind is SignalKind.PACE}
    return [found[party] / true - 1 for party, true in true_rates(call).items() if party in found]


def true_rates(call: Made) -> dict[Party, float]:
    """Words (characters) a minute of each party that truly speaks for 15 s."""
    spoken = {party: sum(span.duration_ms for span in call.speech(party, PAUSE_MS)) for party in PARTIES}
    said = {
        party: sum(len({token.start for token in tokens(one.text)}) for one in call.pieces if one.party is party)
        for party in PARTIES
    }
    return {party: said[party] * 60_000 / ms for party, ms in spoken.items() if ms >= MIN_SPEECH_MS}


def recognised_rates(rows: Sequence[dict[str, object]]) -> list[float]:
    """The same on the samples from sound to words."""
    parts, memory = assembly.parts(load_settings()), Forgetful()
    found = find(SAMPLES, probe=probe, manifest=SAMPLES / "manifest.csv").recordings
    recordings = {one.id: one for one in found}
    errors = []
    for row in rows:
        recording = recordings[str(row["call_id"])]
        _, transcript, sound = attribute(recording, *listen(recording, parts, memory), parts, memory)
        view = CallView(meta=recording.meta, media=recording.media, transcript=transcript, signals=sound.signals)
        errors += rate_errors(as_it_is(row), view)
    return errors


def rates(errors: Sequence[float]) -> dict[str, object]:
    """Errors of the rate in words."""
    sizes = [abs(one) for one in errors]
    if not sizes:
        return {}
    return {
        "rates": len(sizes),
        "rate error, mean": f"{sum(errors) / len(errors):+.1%}",
        "rate error, median size": f"{median(sizes):.1%}",
        "rate error, largest": f"{max(sizes):.1%}",
        "rates within 5 %": sum(one <= 0.05 for one in sizes),
    }


def f1(counts: Counter[str], kind: str) -> str:
    """Precision, recall and F1 in words."""
    true, hit, wrong = (counts[f"{kind} {what}"] for what in ("true", "hit", "wrong"))
    precision, recall = hit / max(1, hit + wrong), hit / max(1, true)
    balance = 2 * precision * recall / max(1e-9, precision + recall)
    return f"precision {precision:.3f} recall {recall:.3f} F1 {balance:.3f} (true {true}, wrong {wrong})"


if __name__ == "__main__":
    sys.exit(main())
