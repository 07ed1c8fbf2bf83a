"""Who speaks on a mono recording: the pipeline's two voices against the truth.

    python benchmarks/parties.py DATA [--json]

DATA is as for accuracy.py. The channels of each call are added up to one, its words are recognised from that, and
`tell_apart` gives each word a voice. Recognised words are matched with the true ones (same word, in order, at most 4 s
apart); a matched word counts as right when its voice is its party's. "voices" lets the truth say which voice is the
agent. Words that recognition lost (most of them where both talk at once) or got wrong have no voice to judge: `matched`
is the share of true words that the figure rests on. Third voices: a call followed by the first half of another agent's
(calls of samples/ share voices among them, so some of those mixes hold two voices only).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from accuracy import read_truth

from qa_pipeline import assembly
from qa_pipeline.archive.find import find
from qa_pipeline.audio.decode import decode
from qa_pipeline.audio.evidence import listen
from qa_pipeline.audio.probe import probe
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.audio.track import Track
from qa_pipeline.contracts import Engine, VoiceEncoder
from qa_pipeline.domain import Party, Recording, Span, Word
from qa_pipeline.settings import Settings, load_settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.speech.campplus import CamPlusPlusVoices
from qa_pipeline.speech.dialogue import tidy
from qa_pipeline.speech.guards import supported
from qa_pipeline.speech.party import name as agent_among
from qa_pipeline.speech.recognise import Channel, Listener, recognise, windows_of
from qa_pipeline.speech.voices import Voices, tell_apart
from qa_pipeline.text.normalise import tokens
from qa_pipeline.weights.fetch import folder_of

RATE_HZ = 16_000
BAND_MS = 4_000
DIGITS = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A mono recording, where it has speech, and its words."""

    call: str
    agent: str
    language: str
    track: Track
    speech: tuple[Span, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One call's outcome; counts are of true words."""

    call: str
    language: str
    true: int
    matched: int
    right: int
    right_by_content: int | None
    separation: float
    more_than_two: bool
    seconds: float
    took_s: float


def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    args = parser.parse_args()
    settings = load_settings()
    encoder = voice_encoder(settings)
    encoder.encode([np.zeros(RATE_HZ, np.float32)])  # loading the network is not part of the speed
    truth = read_truth(args.data)
    heard = list(recordings(args.data, assembly.engine(settings)))
    acts = Acts(assembly.phrase_acts(settings), brands=settings.brands)

    def agent_of(one: Heard, voices: Voices) -> int:
        texts = [
            "".join(word.text for word, of in zip(one.words, voices.of_words, strict=True) if of == voice)
            for voice in (0, 1)
        ]
        return agent_among(texts, acts.book(one.language)).agent

    told = [tell(one, truth[one.call], encoder, agent_of) for one in heard]
    threes = [voices_of(one, encoder).more_than_two for one in with_a_third_voice(heard)]
    result = summary(told) | {"third voices found": sum(threes), "calls with a third voice": len(threes)}
    if args.json:
        print(json.dumps(result | {"by call": {one.call: one.right / max(1, one.matched) for one in told}}))
        return 0
    for one in told:
        print(
            f"{one.call:20} {one.right / max(1, one.matched):6.1%} of {one.matched:4} words,"
            f" separation {one.separation:.2f}{', more than two' if one.more_than_two else ''}"
        )
    for figure, value in result.items():
        print(f"{figure}: {value:.4f}" if isinstance(value, float) else f"{figure}: {value}")
    return 0


def summary(told: Sequence[Told]) -> dict[str, float | int]:
    """Figures over all calls, and by language where there are two."""
    result: dict[str, float | int] = {"calls": len(told)}
    languages = sorted({one.language for one in told})
    for name, some in [
        ("", told),
        *((f" ({each})", [one for one in told if one.language == each]) for each in languages),
    ]:
        if name and len(languages) == 1:
            break
        matched = sum(one.matched for one in some)
        result[f"voices{name}"] = sum(one.right for one in some) / max(1, matched)
        named = [one.right_by_content for one in some if one.right_by_content is not None]
        if len(named) == len(some):
            result[f"parties{name}"] = sum(named) / max(1, matched)
        result[f"matched{name}"] = matched / max(1, sum(one.true for one in some))
    result["x realtime"] = sum(one.seconds for one in told) / sum(one.took_s for one in told)
    result["third voice where there is none"] = sum(one.more_than_two for one in told)
    return result


def tell(
    heard: Heard,
    turns: Sequence[dict[str, object]],
    encoder: VoiceEncoder,
    agent_of: Callable[[Heard, Voices], int] | None = None,
) -> Told:
    """One call told apart and compared with its true turns. `agent_of` says by content which voice is the agent."""
    began = time.perf_counter()
    voices = voices_of(heard, encoder)
    took_s = time.perf_counter() - began
    true = list(true_words(turns))
    pairs = match([(text, at, index) for index, word in enumerate(heard.words) for text, at in said(word)], true)
    agents = [(voices.of_words[index], party is Party.AGENT) for index, party in pairs]
    same = sum((voice == 0) == agent for voice, agent in agents)
    agent_voice = agent_of(heard, voices) if agent_of else None
    return Told(
        call=heard.call,
        language=heard.language,
        true=len(true),
        matched=len(pairs),
        right=max(same, len(pairs) - same),  # the better of the two ways to name the voices
        right_by_content=None if agent_voice is None else same if agent_voice == 0 else len(pairs) - same,
        separation=voices.separation,
        more_than_two=voices.more_than_two,
        seconds=heard.track.duration_ms / 1000,
        took_s=took_s,
    )


def voices_of(heard: Heard, encoder: VoiceEncoder) -> Voices:
    """The voices of one recording."""
    return tell_apart(heard.track, heard.speech, heard.words, encoder)


def match(got: Sequence[tuple[str, int, int]], true: Sequence[tuple[str, int, Party]]) -> list[tuple[int, Party]]:
    """(index of the recognised word, true party) of as many words as match in order, the nearest in time first.

    Levenshtein's alignment with hits alone: a hit is worth 1 less up to 0.1 for its distance in time.
    """
    best = np.zeros((len(got) + 1, len(true) + 1))
    texts, times = np.array([text for text, _, _ in true]), np.array([at for _, at, _ in true], float)
    worth = np.zeros((len(got), len(true)))
    for row, (text, at, _) in enumerate(got):
        distance = np.abs(times - at)
        worth[row] = np.where((texts == text) & (distance <= BAND_MS), 1 - 0.1 * distance / BAND_MS, 0)
        best[row + 1, 1:] = np.maximum(best[row, 1:], best[row, :-1] + worth[row])
        best[row + 1] = np.maximum.accumulate(best[row + 1])
    pairs: list[tuple[int, Party]] = []
    row, column = len(got), len(true)
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append((got[row][2], true[column][2]))
    return pairs[::-1]


def true_words(turns: Sequence[dict[str, object]]) -> Iterator[tuple[str, int, Party]]:
    """(word, when, who), the words of a turn spread evenly over it; sorted by time."""
    found = []
    for turn in turns:
        start, end = int(str(turn["start_ms"])), int(str(turn["end_ms"]))
        texts = plain(str(turn["text"]))
        for index, text in enumerate(texts):
            found.append((text, round(start + (index + 0.5) * (end - start) / len(texts)), Party(str(turn["party"]))))
    yield from sorted(found, key=lambda one: one[1])


def said(word: Word) -> Iterator[tuple[str, int]]:
    """The comparable words in one recognised word, with its middle."""
    for text in plain(word.text):
        yield text, (word.start_ms + word.end_ms) // 2


def plain(text: str) -> list[str]:
    """Lower case, no punctuation, digits one by one as words, Chinese by character."""
    spelt = "".join(f" {DIGITS[char]} " if char in DIGITS else char for char in text)
    return [token.text.lower() for token in tokens(spelt)]


def recordings(data: Path, engine: Engine) -> Iterator[Heard]:
    """The calls of a folder as mono, with their words as recognised."""
    manifest = data / "calls.csv" if (data / "calls.csv").is_file() else data / "manifest.csv"
    finder = SileroSpeech()
    for recording in find(data, probe=probe, manifest=manifest).recordings:
        track = mono(recording)
        (speech,) = finder([track])
        channels = [Channel(track=track, speech=speech, sound=listen(track))]
        language = recording.meta.language or "en"
        found = recognise(windows_of(channels), Listener(channels=channels, engine=engine, language=language))
        words = [word for said in found for word in said.words]
        yield Heard(
            call=recording.id,
            agent=recording.meta.agent_id,
            language=language,
            track=track,
            speech=speech,
            words=tidy(supported(words, speech), speech),
        )


def mono(recording: Recording) -> Track:
    """All channels added up."""
    tracks = decode(Path(recording.uri), RATE_HZ).tracks
    return Track.of(np.clip(np.sum([track.read(0, track.frames) for track in tracks], axis=0), -1, 1), rate_hz=RATE_HZ)


def with_a_third_voice(heard: Sequence[Heard]) -> Iterator[Heard]:
    """Each call followed by the first half of the next one, where another agent speaks: four voices in all."""
    for one, other in pairwise(heard):
        if one.agent == other.agent or one.language != other.language:
            continue
        shift, half = one.track.duration_ms, other.track.duration_ms // 2
        yield Heard(
            call=f"{one.call}+{other.call}",
            agent=one.agent,
            language=one.language,
            track=Track.of(
                np.concatenate([one.track.slice_ms(0, shift), other.track.slice_ms(0, half)]), rate_hz=RATE_HZ
            ),
            speech=(
                *one.speech,
                *(
                    Span(start_ms=span.start_ms + shift, end_ms=span.end_ms + shift)
                    for span in other.speech
                    if span.end_ms <= half
                ),
            ),
            words=(
                *one.words,
                *(
                    Word(
                        text=word.text,
                        start_ms=word.start_ms + shift,
                        end_ms=word.end_ms + shift,
                        probability=word.probability,
                    )
                    for word in other.words
                    if word.end_ms <= half
                ),
            ),
        )


def voice_encoder(settings: Settings) -> VoiceEncoder:
    """The voice encoder over verified weights."""
    card = assembly.model_card("campplus")
    return CamPlusPlusVoices(
        folder_of(card, settings.models_dir), sha256=card.sha256, threads=assembly.threads(settings)
    )


if __name__ == "__main__":
    sys.exit(main())
