"""Everything that can go wrong, as a tree.

    QaError
    ├── ConfigurationError   a file, a setting or a command line is wrong; carries all problems at once
    ├── ArchiveError         one recording or one manifest row cannot be taken
    ├── AudioError           one recording cannot be read or holds no usable sound
    ├── EngineError          speech recognition failed on one recording; `transient` says whether to try again
    ├── ModelError           model weights are missing or are not the ones that were published
    └── StoreError           the database refuses

Each error has a stable `code` (snake case, kept in the ledger), a plain sentence, and where it helps a
`hint` that says what to do. They survive pickling, because shards may run in other processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a configuration: where it stands and what to do. `line` counts from 1, 0 = unknown."""

    where: str
    line: int = 0
    message: str

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        return f"{place}: {self.message}"


class QaError(Exception):
    """The root: `code`, `message`, `hint`."""

    def __init__(self, message: str, *, code: str = "error", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, dict(self.__dict__))


class ConfigurationError(QaError):
    """A configuration that cannot be used; `problems` lists every fault found, not only the first."""

    def __init__(
        self, message: str, *, problems: Sequence[Problem] = (), code: str = "configuration", hint: str = ""
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(f"  {problem}" for problem in self.problems)])


class ArchiveError(QaError):
    """A recording or a manifest row that cannot be taken."""


class AudioError(QaError):
    """A recording that cannot be read, or holds nothing to judge."""


class EngineError(QaError):
    """Speech recognition failed; `transient` errors are worth another try."""

    def __init__(self, message: str, *, code: str = "engine", hint: str = "", transient: bool = False) -> None:
        super().__init__(message, code=code, hint=hint)
        self.transient = transient


class ModelError(QaError):
    """Weights that are missing or are not the published ones."""


class StoreError(QaError):
    """The database cannot do what was asked."""


def _rebuild(kind: type[QaError], message: str, state: dict[str, object]) -> QaError:
    error = kind(message)
    error.__dict__.update(state)
    return error
