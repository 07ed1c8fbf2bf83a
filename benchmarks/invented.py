"""How many words are invented where nobody speaks.

    python benchmarks/invented.py [--seconds 56] [--json]

For each sound of qa_pipeline/testing/sounds.py, as a telephone line leaves it (8 kHz, mu-law), at three levels, and
each language: words (Mandarin: characters) a minute that come out of
  engine     the engine alone, made to listen to everything,
  finder     the engine on what the speech finder takes for speech,
  guards     the same with the guards after it,
  blind      the engine on everything with the guards after it: what they catch where the finder fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

import numpy as np
import soxr

from qa_pipeline import assembly
from qa_pipeline.audio.evidence import listen
from qa_pipeline.audio.track import Track
from qa_pipeline.contracts import Engine
from qa_pipeline.domain import Span, Word
from qa_pipeline.settings import load_settings
from qa_pipeline.speech.guards import supported
from qa_pipeline.speech.recognise import Channel, Listener, recognise, windows_of
from qa_pipeline.testing.sounds import SOUNDS, telephone
from qa_pipeline.text.normalise import tokens

GAINS = (1.0, 0.3, 0.03)


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=56, help="of each sound at each level")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    engine, finder = assembly.engine(load_settings()), assembly.SileroSpeech()
    table: dict[str, dict[str, dict[str, float]]] = {}
    for language in ("en", "zh"):
        for name, sound in SOUNDS.items():
            tracks = [
                Track.of(_at_16_khz(telephone(sound(8000, args.seconds, seed) * np.float32(gain))), rate_hz=16_000)
                for seed, gain in enumerate(GAINS)
            ]
            everything = [(Span(start_ms=0, end_ms=track.duration_ms),) for track in tracks]
            found = [finder([track])[0] for track in tracks]
            all_words, own_words = (_recognised(engine, tracks, spans, language) for spans in (everything, found))
            row = {
                "engine": all_words,
                "finder": own_words,
                "guards": _guarded(tracks, own_words, found),
                "blind": _guarded(tracks, all_words, everything),
            }
            minutes = len(tracks) * args.seconds / 60
            table.setdefault(language, {})[name] = {one: _count(words) / minutes for one, words in row.items()}
            if not args.json:
                print(f"{language} {name:14}", *(f"{one} {n:6.1f}" for one, n in table[language][name].items()))
    if args.json:
        print(json.dumps(table))
    return 0


def _at_16_khz(samples: np.ndarray) -> np.ndarray:
    return soxr.resample(samples, 8000, 16_000).astype(np.float32)


def _recognised(
    engine: Engine, tracks: Sequence[Track], speech: Sequence[Sequence[Span]], language: str
) -> list[list[Word]]:
    """The words of each track within its speech."""
    channels = [
        Channel(track=track, speech=tuple(spans), sound=lambda _: 1.0)
        for track, spans in zip(tracks, speech, strict=True)
    ]
    words: list[list[Word]] = [[] for _ in tracks]
    listener = Listener(channels=channels, engine=engine, language=language)
    for said in recognise(windows_of(channels), listener):
        words[said.channel] += said.words
    return words


def _guarded(
    tracks: Sequence[Track], words: Sequence[Sequence[Word]], speech: Sequence[Sequence[Span]]
) -> list[tuple[Word, ...]]:
    return [
        supported(said, spans, sound=listen(track)) for track, said, spans in zip(tracks, words, speech, strict=True)
    ]


def _count(words: Sequence[Sequence[Word]]) -> int:
    return sum(len(tokens("".join(word.text for word in said))) for said in words)


if __name__ == "__main__":
    sys.exit(main())
