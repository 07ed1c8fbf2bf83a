"""A recording's tracks and speech to its transcript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from qa_pipeline.contracts import Engine, Track
from qa_pipeline.domain import CallMeta, Party, Span, Transcript, Word
from qa_pipeline.speech.dialogue import turns
from qa_pipeline.speech.guards import supported
from qa_pipeline.speech.language import detect
from qa_pipeline.speech.party import parties
from qa_pipeline.speech.recognise import recognise
from qa_pipeline.speech.windows import cut, pack
from qa_pipeline.text.phrases import PhraseBook

VERSION = "2"  # part of the fingerprint: raise it when the same sound may give another transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A transcript and who is on which channel."""

    transcript: Transcript
    parties: tuple[Party, ...]


def transcribe(
    tracks: Sequence[Track],
    speech: Sequence[Sequence[Span]],
    meta: CallMeta,
    engine: Engine,
    *,
    languages: Sequence[str],
    book_of: Callable[[str], PhraseBook | None],
    flags: Sequence[str] = (),
) -> Heard:
    """What is said on each track, at 16 kHz, within its `speech`. Raises EngineError.

    `book_of` gives the phrases of a language, which help to tell the parties where the metadata do not; `flags` are
    doubts about the recording that the transcript shall carry.
    """
    windows = pack(speech, [track.duration_ms for track in tracks])
    cuts = [partial(cut, window, tracks) for window in windows]
    language, sure = (meta.language, 1.0) if meta.language else detect(cuts, engine, languages)
    words: list[list[Word]] = [[] for _ in tracks]
    for said in recognise(windows, tracks, speech, engine, language):
        words[said.channel] += said.words
    kept = [supported(said, spans) for said, spans in zip(words, speech, strict=True)]
    texts = ["".join(word.text for word in said) for said in kept]
    who, doubt = parties(texts, meta.agent_channel, book_of(language))
    doubts = [*flags, *([doubt] if doubt else [])]
    if any(len(said) != len(found) for said, found in zip(kept, words, strict=True)):
        doubts.append("words_without_speech_removed")
    if sure < 0.8:
        doubts.append("language_uncertain")
    transcript = Transcript(
        turns=turns(kept, speech, who),
        language=language,
        language_confidence=sure,
        provenance=engine.provenance,
        flags=tuple(doubts),
    )
    return Heard(transcript=transcript, parties=who)
