"""YAML 1.2 with line numbers, so that a fault can be shown where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa_pipeline.domain import ConfigurationError, Problem


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - what a file holds is for the caller's model to say
    """The document in `path`, its mappings and lists knowing their lines. Raises ConfigurationError."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where files are read
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - likewise

    try:
        return YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path} does not exist.", code="not_found") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text.", code="yaml") from error
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        problem = Problem(
            where=str(path), line=mark.line + 1 if mark else 0, message=getattr(error, "problem", "") or str(error)
        )
        raise ConfigurationError(f"{path.name} is not valid YAML.", problems=[problem], code="yaml") from error


def line_of(document: Any, location: Sequence[str | int]) -> int:  # noqa: ANN401 - as above
    """The line (from 1) of the deepest part of `location` that the document has."""
    line = 1
    here = document
    for step in location:
        marks = getattr(here, "lc", None)
        try:
            if isinstance(step, int):
                line = marks.item(step)[0] + 1 if marks else line
            else:
                line = marks.key(step)[0] + 1 if marks else line
            here = here[step]
        except (KeyError, IndexError, TypeError):
            break
    return line
