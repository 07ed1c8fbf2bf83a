"""The values everything else speaks in: frozen, typed, standard library only. Times are integer milliseconds."""

from qa_pipeline.domain.agent_scorecard import (
    AgentScorecard,
    BandCount,
    CauseCount,
    ConversationAverages,
    CriterionResult,
    ExampleCall,
    ExampleItem,
    Interval,
    Mean,
    Miss,
    Rate,
    SectionResult,
    SentimentPaths,
    WeekMean,
)
from qa_pipeline.domain.call_facts import CallFacts, call_facts, sentiment_ends
from qa_pipeline.domain.detector_card import DetectorCard
from qa_pipeline.domain.errors import (
    ArchiveError,
    AudioError,
    ConfigurationError,
    EngineError,
    ModelError,
    Problem,
    QaError,
    StoreError,
)
from qa_pipeline.domain.finding import CallScore, Evidence, Finding, SectionScore, Verdict
from qa_pipeline.domain.fingerprint import fingerprint
from qa_pipeline.domain.ledger import LedgerEntry, Status
from qa_pipeline.domain.recording import CallMeta, Media, Party, Recording
from qa_pipeline.domain.rule import Answer, AtLeast, Condition, Expression, Name, Not, Rule, Window
from qa_pipeline.domain.scorecard import Band, Criterion, Dimension, Indicator, Scorecard, Section
from qa_pipeline.domain.scored import Evaluation, ScoredCall, SignalSet
from qa_pipeline.domain.signal import Signal, SignalKind
from qa_pipeline.domain.span import Span
from qa_pipeline.domain.transcript import Provenance, Recognised, Transcript, Turn, TurnFlag, Word
from qa_pipeline.domain.view import CallView

__all__ = [
    "AgentScorecard",
    "Answer",
    "ArchiveError",
    "AtLeast",
    "AudioError",
    "Band",
    "BandCount",
    "CallFacts",
    "CallMeta",
    "CallScore",
    "CallView",
    "CauseCount",
    "Condition",
    "ConfigurationError",
    "ConversationAverages",
    "Criterion",
    "CriterionResult",
    "DetectorCard",
    "Dimension",
    "EngineError",
    "Evaluation",
    "Evidence",
    "ExampleCall",
    "ExampleItem",
    "Expression",
    "Finding",
    "Indicator",
    "Interval",
    "LedgerEntry",
    "Mean",
    "Media",
    "Miss",
    "ModelError",
    "Name",
    "Not",
    "Party",
    "Problem",
    "Provenance",
    "QaError",
    "Rate",
    "Recognised",
    "Recording",
    "Rule",
    "Scorecard",
    "ScoredCall",
    "Section",
    "SectionResult",
    "SectionScore",
    "SentimentPaths",
    "Signal",
    "SignalKind",
    "SignalSet",
    "Span",
    "Status",
    "StoreError",
    "Transcript",
    "Turn",
    "TurnFlag",
    "Verdict",
    "WeekMean",
    "Window",
    "Word",
    "call_facts",
    "fingerprint",
    "sentiment_ends",
]
