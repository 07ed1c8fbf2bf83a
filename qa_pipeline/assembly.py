"""From settings to the concrete parts: the only module that knows them all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, cast

from qa_pipeline import registry
from qa_pipeline.audio.speech import SileroSpeech
from qa_pipeline.contracts import Check, Detector, Encoder, Engine, Tagger
from qa_pipeline.domain import (
    ConfigurationError,
    Evaluation,
    ModelError,
    Party,
    Scorecard,
    SignalKind,
    SignalSet,
    Taxonomy,
    Transcript,
)
from qa_pipeline.pipeline import Parts
from qa_pipeline.resources import data_dir
from qa_pipeline.scoring.read import find_scorecard, read_scorecard
from qa_pipeline.scoring.versions import versions
from qa_pipeline.settings import Settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.signals.causes import COMPLAINT, Causes
from qa_pipeline.signals.cues import ACTS
from qa_pipeline.signals.holds import Holds
from qa_pipeline.signals.interruptions import Interruptions
from qa_pipeline.signals.monologue import Monologue
from qa_pipeline.signals.narrative import Narrative
from qa_pipeline.signals.pace import Pace
from qa_pipeline.signals.questions import Questions
from qa_pipeline.signals.repetition import Repetition
from qa_pipeline.signals.sentiment import Sentiment
from qa_pipeline.signals.voice import Voice
from qa_pipeline.speech.campplus import CamPlusPlusVoices
from qa_pipeline.store import calls
from qa_pipeline.store.engine import Store
from qa_pipeline.text.classifier import Classifier
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.own_causes import OwnCauses, read_background
from qa_pipeline.text.packs import load_acts
from qa_pipeline.text.tagger import TextTagger
from qa_pipeline.text.taxonomy import read_taxonomy
from qa_pipeline.weights.card import Card, read_card
from qa_pipeline.weights.fetch import folder_of
from qa_pipeline.weights.replace import whole

ENCODER = "multilingual-e5-small"
VOICES = "campplus"
SENTIMENT = frozenset({"negative", "neutral", "positive"})
DEFAULT_SCORECARDS = {"en": "general-en", "zh": "general-zh"}
ENGINES = "qa_pipeline.speech.engines"
CHECKS = "qa_pipeline.checks"


def parts(settings: Settings, *, scorecard: str | None = None) -> Parts:
    """Everything that the pipeline works with; models are checked now and loaded when first used.

    Raises ConfigurationError (scorecards, phrases) and ModelError (weights).
    """
    encoder = sentence_encoder(settings)
    acts = Acts(
        phrase_acts(settings),
        brands=settings.brands,
        tagger=text_tagger(settings, "acts", encoder),
    )
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
            Monologue(),
            Narrative(),
            Questions(),
            Repetition(encoder),
            Voice(),
            Sentiment(text_tagger(settings, "sentiment", encoder)),
            Causes(text_tagger(settings, "causes", encoder), own_causes(settings, encoder)),
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
    """The sentence encoder over verified weights, loaded once in each process."""
    card = model_card(ENCODER)
    return _encoder(folder_of(card, settings.models_dir), card.sha256, threads(settings))


@cache
def _encoder(folder: Path, sha256: str, threads: int) -> SentenceEncoder:
    return SentenceEncoder(folder, sha256=sha256, threads=threads)


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


def model_folder(settings: Settings, name: str) -> Path:
    """Where a model that is trained here lies: in the site's folder of trained models if it is there, else built in."""
    own = whole(settings.trained_dir / name) if settings.trained_dir else None
    return own if own and (own / "model.yaml").is_file() else whole(data_dir() / "models" / name)


def phrase_acts(settings: Settings) -> Mapping[str, Any]:
    """The acts of each language: the built-in phrases and the site's."""
    folders = [folder / "phrases" for folder in reversed(scorecard_folders(settings))]
    return {language: load_acts(folders, language) for language in settings.languages}


def taxonomy(settings: Settings) -> Taxonomy:
    """The complaint causes, as the site has changed them. Raises ConfigurationError."""
    own = settings.scorecards_dir / "causes.yaml" if settings.scorecards_dir else None
    return read_taxonomy(
        [data_dir() / "models" / "causes" / "taxonomy.yaml", *([own] if own and own.is_file() else [])]
    )


def text_tagger(settings: Settings, name: str, encoder: SentenceEncoder) -> Tagger:
    """The network of a model, or the classifier that its card names in its place. Raises ModelError."""
    return site_classifier(settings, name) or TextTagger(model_folder(settings, name), encoder)


def site_classifier(settings: Settings, name: str) -> Classifier | None:
    """The classifier that a model's card names in the network's place, None where it names none.

    Raises ModelError when it cannot be used: some of it is missing, or its labels are not what the model must give.
    """
    folder = model_folder(settings, name)
    checkpoint = read_card(folder / "model.yaml").checkpoint
    if checkpoint is None:
        return None
    fault = _labels_fault(settings, name, checkpoint.labels)
    if fault:
        raise ModelError(
            f"The card of {name} {fault}.", code="classifier_labels", hint=f"It is {folder / 'model.yaml'}."
        )
    return Classifier(
        folder / checkpoint.folder,
        checkpoint.labels,
        exclusive=name == "sentiment",
        claims=checkpoint.claims,
        temperature=checkpoint.temperature,
    )


def _labels_fault(settings: Settings, name: str, labels: Collection[str]) -> str:
    """What is wrong with the labels that a classifier gives in a model's place; "" when nothing is."""
    if name not in ("sentiment", "causes"):
        return "names a checkpoint, but no classifier can take its place"
    given = frozenset(labels)
    needed = SENTIMENT if name == "sentiment" else frozenset({COMPLAINT})
    causes = frozenset(taxonomy(settings).causes) if name == "causes" else frozenset[str]()
    if needed - given:
        return f"gives no label for {', '.join(sorted(needed - given))}"
    if unknown := given - needed - causes:
        return f"has a label that is none of ours: {', '.join(sorted(unknown))}"
    return "gives no label for any cause" if name == "causes" and not given & causes else ""


def own_causes(settings: Settings, encoder: Encoder) -> OwnCauses | None:
    """What finds the causes that the site has added; None when there are none.

    Where a classifier has taken the network's place the built-in background serves: it belongs to the encoder, and
    whatever lies beside the classifier may be of an older one.
    """
    known = taxonomy(settings)
    if not any(cause.examples for cause in known.causes.values()):
        return None
    folder = model_folder(settings, "causes")
    if read_card(folder / "model.yaml").checkpoint is not None:
        folder = whole(data_dir() / "models" / "causes")
    return OwnCauses(known, encoder, read_background(folder / "background.safetensors"))


def review_labels(settings: Settings) -> Mapping[SignalKind, frozenset[str]]:
    """What people may say of a turn, by kind. Raises ConfigurationError."""
    return {
        SignalKind.ACT: frozenset(ACTS),
        SignalKind.SENTIMENT: SENTIMENT,
        SignalKind.TONE: SENTIMENT,
        SignalKind.COMPLAINT: frozenset({"true", "false"}),
        SignalKind.CAUSE: frozenset(taxonomy(settings).causes),
    }


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


def scorecard_names(settings: Settings) -> list[str]:
    """The names of all scorecards there are, the site's own among them."""
    return sorted(
        {path.parent.name for folder in scorecard_folders(settings) for path in folder.glob("*/scorecard.yaml")}
    )


def scorecard_text(settings: Settings, card: Scorecard) -> str:
    """The file that a scorecard was read from, "" where no file has its content any more."""
    for folder in scorecard_folders(settings):
        for path in (folder / card.name / "versions" / f"{card.version}.yaml", folder / card.name / "scorecard.yaml"):
            if path.is_file() and scorecard_at(settings, path).fingerprint == card.fingerprint:
                return path.read_text(encoding="utf-8")
    return ""


def case_folders(settings: Settings, name: str | None = None) -> dict[str, Path]:
    """The folders of cases, by scorecard, of those that have some."""
    folders = {path: path.parent / "cases" for path in scorecard_paths(settings, name)}
    return {scorecard_at(settings, path).name: cases for path, cases in folders.items() if cases.is_dir()}


def scorecard_at(settings: Settings, path: Path) -> Scorecard:
    """The scorecard in a file. Raises ConfigurationError with every fault."""
    return read_scorecard(path, check_named, partial(_whose_act, settings))


def _whose_act(settings: Settings, name: str, language: str) -> Party | None:
    return _parties(tuple(scorecard_folders(settings)), language).get(name)


@cache
def _parties(folders: tuple[Path, ...], language: str) -> Mapping[str, Party]:
    """Who does each act. An act that has phrases of customers alone is theirs; what is trained is the agent's."""
    phrases = {act.name: act.party for act in load_acts([folder / "phrases" for folder in reversed(folders)], language)}
    return {**phrases, **dict.fromkeys(ACTS, Party.AGENT)}


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
