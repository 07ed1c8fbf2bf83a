"""From settings to the concrete parts: the only module that knows them all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from qa_pipeline import registry
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.contracts import Check, Detector, Engine
from qa_pipeline.domain import ConfigurationError, Evaluation, ModelError, Scorecard, SignalSet, Transcript
from qa_pipeline.pipeline import Parts
from qa_pipeline.resources import data_dir
from qa_pipeline.scoring.read import find_scorecard, read_scorecard
from qa_pipeline.scoring.versions import versions
from qa_pipeline.settings import Settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.signals.causes import Causes
from qa_pipeline.signals.cues import ACTS
from qa_pipeline.signals.holds import Holds
from qa_pipeline.signals.interruptions import Interruptions
from qa_pipeline.signals.pace import Pace
from qa_pipeline.signals.repetition import Repetition
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.speech.campplus import CamPlusPlusVoices
from qa_pipeline.store import calls
from qa_pipeline.store.engine import Store
from qa_pipeline.text import head
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.packs import load_acts
from qa_pipeline.text.tagger import ActTagger
from qa_pipeline.weights.card import Card, read_card
from qa_pipeline.weights.fetch import folder_of

ENCODER = "multilingual-e5-small"
VOICES = "campplus"
DEFAULT_SCORECARDS = {"en": "general-en", "zh": "general-zh"}
ENGINES = "qa_pipeline.speech.engines"
CHECKS = "qa_pipeline.checks"


def parts(settings: Settings, *, scorecard: str | None = None) -> Parts:
    """Everything that the pipeline works with; models are checked now and loaded when first used.

    Raises ConfigurationError (scorecards, phrases) and ModelError (weights).
    """
    encoder = sentence_encoder(settings)
    cards = data_dir() / "models"
    acts = Acts(
        phrase_acts(settings),
        brands=settings.brands,
        tagger=ActTagger(cards / "acts", encoder),
    )
    complaint, causes = head.load(cards / "causes" / "complaint.json"), head.load(cards / "causes" / "causes.json")
    checks = all_checks()
    return Parts(
        engine=engine(settings),
        finder=SileroSpeech(),
        voices=voice_encoder(settings),
        vocabulary=(*settings.brands, *settings.vocabulary),
        trust_channels=settings.trust_channels,
        party_confidence=settings.party_confidence,
        detectors=(
            acts,
            Holds(),
            Interruptions(),
            Pace(),
            Repetition(),
            Sentiment(encoder, _trained_on(encoder, head.load(cards / "sentiment" / "head.json"))),
            Causes(encoder, complaint=_trained_on(encoder, complaint), causes=_trained_on(encoder, causes)),
            *_outside_detectors(),
        ),
        detectors_version=code_version("signals", "text"),
        checks=checks,
        checks_version=checks_version(),
        scorecards=scorecards(settings, scorecard),
        cases=case_folders(settings, scorecard),
        languages=settings.languages,
        book_of=acts.book,
        phrases=acts.fingerprint,
    )


def engine(settings: Settings) -> Engine:
    """The speech recognition engine of the settings over verified weights."""
    name = settings.engine.replace("-", "_")
    known = registry.names("engine", ENGINES)
    if name not in known:
        there = ", ".join(one.replace("_", "-") for one in known)
        raise ConfigurationError(f"There is no engine {settings.engine!r}.", code="engine", hint=f"There are: {there}.")
    card = model_card(settings.speech_model)
    make = cast("Any", registry.load("engine", ENGINES, name, "engine"))
    made: Engine = make(
        folder_of(card, settings.models_dir),
        model=card.name,
        sha256=card.sha256,
        threads=threads(settings),
        batch_size=settings.batch_size,
        device=settings.device,
    )
    return made


def sentence_encoder(settings: Settings) -> SentenceEncoder:
    """The sentence encoder over verified weights."""
    card = model_card(ENCODER)
    return SentenceEncoder(folder_of(card, settings.models_dir), sha256=card.sha256, threads=threads(settings))


def voice_encoder(settings: Settings) -> CamPlusPlusVoices:
    """The voice encoder over verified weights."""
    card = model_card(VOICES)
    return CamPlusPlusVoices(folder_of(card, settings.models_dir), sha256=card.sha256, threads=threads(settings))


def threads(settings: Settings) -> int:
    """CPU threads for one set of models: as set, else the cores, shared out where each worker has a set of its own."""
    sets = 1 if settings.runner == "threads" else settings.workers
    return settings.threads or max(1, len(os.sched_getaffinity(0)) // sets)


def model_card(name: str) -> Card:
    """The card of a model. Raises ConfigurationError."""
    return read_card(data_dir() / "models" / name / "model.yaml")


def phrase_acts(settings: Settings) -> Mapping[str, Any]:
    """The acts of each language: the built-in phrases and the site's."""
    folders = [folder / "phrases" for folder in reversed(scorecard_folders(settings))]
    return {language: load_acts(folders, language) for language in settings.languages}


def scorecard_folders(settings: Settings) -> list[Path]:
    """Where scorecards are looked for, the site's folder first."""
    return [*([settings.scorecards_dir] if settings.scorecards_dir else []), data_dir() / "scorecards"]


def scorecards(settings: Settings, name: str | None = None) -> dict[str, tuple[Scorecard, ...]]:
    """The scorecard of each language in all its versions; one chosen by name (or file) serves its own language alone.

    A file chosen by its path judges as it is, published or not.
    """
    found = [versions(path, partial(scorecard_at, settings)) for path in scorecard_paths(settings, name)]
    return {known[0].language: known for known in found}


def scorecard_paths(settings: Settings, name: str | None = None) -> list[Path]:
    """The files of the scorecards that `scorecards` gives."""
    wanted = [name] if name else [DEFAULT_SCORECARDS[one] for one in settings.languages if one in DEFAULT_SCORECARDS]
    return [find_scorecard(scorecard_folders(settings), one) for one in wanted]


def case_folders(settings: Settings, name: str | None = None) -> dict[str, Path]:
    """The folders of cases, by scorecard, of those that have some."""
    folders = {path: path.parent / "cases" for path in scorecard_paths(settings, name)}
    return {scorecard_at(settings, path).name: cases for path, cases in folders.items() if cases.is_dir()}


def scorecard_at(settings: Settings, path: Path) -> Scorecard:
    """The scorecard in a file. Raises ConfigurationError with every fault."""
    return read_scorecard(path, check_named, partial(_is_act, settings))


def _is_act(settings: Settings, name: str, language: str) -> bool:
    return name in ACTS or name in _phrase_files(tuple(scorecard_folders(settings)), language)


@cache
def _phrase_files(folders: tuple[Path, ...], language: str) -> frozenset[str]:
    return frozenset(path.stem for folder in folders for path in (folder / "phrases" / language).glob("*.yaml"))


def check_named(name: str) -> Check | None:
    """A check's function, None when there is none of this name or it cannot be loaded (`qa doctor` says why)."""
    return all_checks().get(name)


@cache
def all_checks() -> dict[str, Check]:
    """Every check by name, built-in and from outside; one that cannot be loaded is left out (`qa doctor` names it)."""
    broken = {name for name, _ in registry.broken()}
    return {
        name: cast("Check", registry.load("check", CHECKS, name, "check"))
        for name in registry.names("check", CHECKS)
        if f"check:{name}" not in broken
    }


def checks_version() -> str:
    """What changes when the code behind verdicts and scores does."""
    return code_version("checks", "rules", "scoring", "text")


@cache
def code_version(*folders: str) -> str:
    """A hash over the source of these packages and the versions of all plug-ins: other code needs other keys.

    Listening has a version by hand instead (speech/transcribe.py): nobody should transcribe an archive again for a
    changed comment.
    """
    digest = hashlib.sha256(repr(registry.versions()).encode())
    for folder in folders:
        for path in sorted((Path(__file__).parent / folder).glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class StoreMemory:
    """The pipeline's memory in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def transcript(self, key: str) -> Transcript | None:
        return calls.transcript(self._store, key)

    def signals(self, key: str) -> SignalSet | None:
        return calls.signals(self._store, key)

    def evaluation(self, key: str) -> Evaluation | None:
        return calls.evaluation(self._store, key)

    def keep_transcript(self, call_id: str, key: str, transcript: Transcript) -> None:
        calls.save_transcript(self._store, call_id, key, transcript)

    def keep_signals(self, call_id: str, key: str, found: SignalSet) -> None:
        calls.save_signals(self._store, call_id, key, found)

    def keep_evaluation(self, evaluation: Evaluation) -> None:
        calls.save_evaluation(self._store, evaluation)


def _outside_detectors() -> Iterator[Detector]:
    """Detectors of installed packages (entry points "detector:<name>" that give one when called), after ours."""
    broken = {name for name, _ in registry.broken()}
    for name in registry.outside("detector"):
        if f"detector:{name}" not in broken:
            yield cast("Any", registry.load_outside("detector", name))()


def _trained_on(encoder: SentenceEncoder, trained: head.Head) -> head.Head:
    """The head, if it was trained on this encoder."""
    if trained.encoder != encoder.fingerprint:
        raise ModelError(
            "A trained head does not belong to this sentence encoder.",
            code="head_of_other_encoder",
            hint="Run `qa train` after changing the encoder.",
        )
    return trained
