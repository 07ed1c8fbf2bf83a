"""Phrase packs: folders `phrases/<language>/<act>.yaml` that QA people write.

    about: The agent asks whether there is anything more.
    party: agent                 # whose words count: agent, customer or any
    phrases:
      - anything else i can (help|assist) you with
    unless:                      # the same words in these surroundings do not count
      - anything else i need to

A site's file of the same name adds to the built-in one; with `replace: true` it stands in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa_pipeline.domain import ConfigurationError, Party, Problem
from qa_pipeline.text.grammar import PhraseError, read
from qa_pipeline.text.phrases import Act
from qa_pipeline.text.yaml_lines import line_of, read_yaml

PARTIES = {"agent": Party.AGENT, "customer": Party.CUSTOMER, "any": Party.UNKNOWN}


class ActFile(BaseModel):
    """The form of a phrase file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = Field(min_length=1)
    party: Literal["agent", "customer", "any"]
    phrases: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    replace: bool = False


def load_acts(folders: Sequence[Path], language: str) -> tuple[Act, ...]:
    """The acts of one language, sorted by name, from `<folder>/<language>/*.yaml`; later folders add to earlier ones.

    Raises ConfigurationError with every fault in every file.
    """
    acts: dict[str, Act] = {}
    problems: list[Problem] = []
    for folder in folders:
        for path in sorted((folder / language).glob("*.yaml")):
            try:
                act, replace = _read(path, chinese=language == "zh")
            except ConfigurationError as error:
                problems += error.problems
                continue
            known = acts.get(act.name)
            if known and not replace:
                act = Act(
                    name=act.name,
                    party=act.party,
                    phrases=(*known.phrases, *act.phrases),
                    unless=(*known.unless, *act.unless),
                    about=act.about,
                )
            acts[act.name] = act
    if problems:
        raise ConfigurationError("Some phrase files cannot be used.", problems=problems, code="phrases")
    return tuple(acts[name] for name in sorted(acts))


def _read(path: Path, *, chinese: bool) -> tuple[Act, bool]:
    document = read_yaml(path)
    try:
        file = ActFile.model_validate(document)
    except ValidationError as error:
        raise ConfigurationError(
            "A phrase file cannot be used.",
            problems=[
                Problem(where=str(path), line=line_of(document, item["loc"]), message=item["msg"])
                for item in error.errors()
            ],
        ) from error
    problems = []
    for key in ("phrases", "unless"):
        for index, phrase in enumerate(getattr(file, key)):
            try:
                read(phrase, chinese=chinese)
            except PhraseError as fault:
                problems.append(Problem(where=str(path), line=line_of(document, (key, index)), message=str(fault)))
    if problems:
        raise ConfigurationError("A phrase file cannot be used.", problems=problems)
    return (
        Act(name=path.stem, party=PARTIES[file.party], phrases=file.phrases, unless=file.unless, about=file.about),
        file.replace,
    )
