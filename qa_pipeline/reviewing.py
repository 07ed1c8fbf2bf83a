"""What people decide, and what it does to the score: the page, the interface for programs and the flows call these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qa_pipeline import assembly
from qa_pipeline.domain import CallScore, ConfigurationError, Finding, Scorecard
from qa_pipeline.scoring.fold import fold
from qa_pipeline.settings import Settings
from qa_pipeline.store import standing
from qa_pipeline.store.engine import Store


class Scorecards:
    """The scorecards that calls may have been judged by, by name and version."""

    def __init__(self, cards: Iterable[Scorecard]) -> None:
        self._known = {(card.name, card.version): card for card in cards}

    def __iter__(self) -> Iterator[Scorecard]:
        return iter(self._known.values())

    def get(self, name: str, version: str) -> Scorecard | None:
        """This version of a scorecard, None where its files are gone."""
        return self._known.get((name, version))

    def refold(self, name: str, version: str, findings: Sequence[Finding]) -> CallScore:
        """The score of findings, of people and machine together.

        Raises ConfigurationError where this version of the scorecard is gone: nobody can say then what it is worth.
        """
        card = self.get(name, version)
        if card is None:
            raise ConfigurationError(
                f"The scorecard {name} {version} is not there any more.",
                code="unknown_scorecard",
                hint="Put its file back, or judge the calls again.",
            )
        return fold(findings, card)


def scorecards(settings: Settings) -> Scorecards:
    """All that are there, each in all its versions. Raises ConfigurationError."""
    names = (None, *assembly.scorecard_names(settings))
    return Scorecards(
        card for name in names for known in assembly.scorecards(settings, name).values() for card in known
    )


def settle(store: Store, settings: Settings) -> int:
    """Lays people's words over what the machine has judged since; gives how many calls were brought up to date."""
    return standing.settle(store, scorecards(settings).refold)
