"""A recording's tracks and speech to its transcript: what each speaker says, not yet who is the agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from qa_pipeline.contracts import Engine, Track, VoiceEncoder
from qa_pipeline.domain import Span, Transcript
from qa_pipeline.speech.dialogue import Speaker, turns
from qa_pipeline.speech.guards import supported
from qa_pipeline.speech.language import detect
from qa_pipeline.speech.recognise import Channel, Listener, Said, recognise, windows_of
from qa_pipeline.speech.voices import tell_apart
from qa_pipeline.speech.windows import cut

VERSION = "2"  # part of the fingerprint: raise it when the same sound may give another transcript
SURE_LANGUAGE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A transcript, and for each speaker the channel and the stretches of speech."""

    transcript: Transcript
    channels: tuple[int, ...]
    speech: tuple[tuple[Span, ...], ...]


def transcribe(
    channels: Sequence[Channel],
    engine: Engine,
    voices: VoiceEncoder,
    *,
    language: str,
    languages: Sequence[str],
    vocabulary: Sequence[str] = (),
    flags: Sequence[str] = (),
) -> Heard:
    """What is said on each channel. Raises EngineError and ModelError.

    `language` is what the metadata say, "" lets it be detected among `languages`; `vocabulary` are names that may be
    said; `flags` are doubts about the recording that the transcript shall carry. On one channel voices are told apart.
    """
    tracks, windows = [one.track for one in channels], windows_of(channels)
    sure = 1.0
    if not language:
        language, sure = detect([partial(cut, window, tracks) for window in windows], engine, languages)
    listener = Listener(channels=channels, engine=engine, language=language, names=vocabulary)
    said = recognise(windows, listener)
    speakers = [_speaker(number, channel, said) for number, channel in enumerate(channels)]
    doubts = [*flags, *(["language_uncertain"] if sure < SURE_LANGUAGE else [])]
    if sum(len(one.words) for one in speakers) < sum(len(one.words) for one in said):
        doubts.append("words_without_speech_removed")
    separation = 1.0
    if len(tracks) == 1:
        doubts.append("mono")
        speakers, separation, more = _by_voice(tracks[0], speakers[0], voices)
        doubts += ["more_than_two_voices"] if more else []
    transcript = Transcript(
        turns=turns(speakers),
        language=language,
        language_confidence=sure,
        provenance=engine.provenance,
        flags=tuple(doubts),
        separation=separation,
    )
    return Heard(
        transcript=transcript,
        channels=tuple(one.channel for one in speakers),
        speech=tuple(one.speech for one in speakers),
    )


def _speaker(number: int, channel: Channel, said: Sequence[Said]) -> Speaker:
    """One channel as one speaker, with the words that evidence supports."""
    own = [(word, one.no_speech) for one in said if one.channel == number for word in one.words]
    own.sort(key=lambda pair: (pair[0].start_ms, pair[0].end_ms))
    words, no_speech = tuple(word for word, _ in own), [chance for _, chance in own]
    kept = supported(words, channel.speech, sound=channel.sound, no_speech=no_speech)
    chance_of = {id(word): chance for word, chance in own}
    return Speaker(
        channel=channel.track.channel,
        speech=channel.speech,
        words=kept,
        no_speech=tuple(chance_of[id(word)] for word in kept),
        sound=channel.sound,
    )


def _by_voice(track: Track, everybody: Speaker, encoder: VoiceEncoder) -> tuple[list[Speaker], float, bool]:
    """(the speakers on one channel, how clearly they differ, whether there are more than two)."""
    voices = tell_apart(track, everybody.speech, everybody.words, encoder)
    speakers = [
        Speaker(
            channel=track.channel,
            speech=voices.spans[voice],
            words=tuple(word for word, of in zip(everybody.words, voices.of_words, strict=True) if of == voice),
            no_speech=tuple(c for c, of in zip(everybody.no_speech, voices.of_words, strict=True) if of == voice),
            sure=tuple(c for c, of in zip(voices.confidence, voices.of_words, strict=True) if of == voice),
            sound=everybody.sound,
        )
        for voice in (0, 1)
    ]
    return speakers, round(voices.separation, 4), voices.more_than_two
