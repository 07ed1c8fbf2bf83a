"""The file of complaint causes, and what a site changes in it.

causes:
  billing_error:                       # a built-in cause: only what differs
    owner: finance
  parking:                             # a cause of the site's own
    group: product                     # process, people, product or communication
    owner: facilities
    title: {en: Parking, zh: 停车}
    categories: [Car park, P-01]       # ticket categories that mean it; its name and titles always do
    examples:                          # ten sentences or more of customers, in each language that has it
      en: [The car park was full again when I came for my appointment., …]
enquiry_dispositions: [INF]            # words that a disposition may hold, added to the built-in ones
complaint_dispositions: [CMP]
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from qa_pipeline.domain import Cause, ConfigurationError, Problem, Taxonomy
from qa_pipeline.text.yaml_lines import line_of, read_yaml

LEAST_EXAMPLES = 10
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"[^\W_]")]
Language = Literal["en", "zh"]


class CauseFile(BaseModel):
    """One cause; what is left out stays as the earlier file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: Literal["process", "people", "product", "communication"] | None = None
    owner: Text | None = None
    title: dict[Language, Text] = Field(default_factory=dict)
    examples: dict[Language, Annotated[tuple[Text, ...], Field(min_length=LEAST_EXAMPLES)]] = Field(
        default_factory=dict
    )
    categories: tuple[Word, ...] = ()


class TaxonomyFile(BaseModel):
    """The form of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    causes: dict[Name, CauseFile] = Field(default_factory=dict)
    enquiry_dispositions: tuple[Word, ...] = ()
    complaint_dispositions: tuple[Word, ...] = ()


def read_taxonomy(paths: Sequence[Path]) -> Taxonomy:
    """All causes of these files; later ones add to earlier ones and change titles and owners.

    Raises ConfigurationError with every fault of the first file that has some.
    """
    causes: dict[str, Cause] = {}
    enquiries: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    for path in paths:
        document = read_yaml(path)
        try:
            file = TaxonomyFile.model_validate(document)
        except ValidationError as error:
            faults = [(line_of(document, item["loc"]), item["msg"]) for item in error.errors()]
            raise _refused(path, faults) from error
        faults = [
            (line_of(document, ("causes", name)), fault)
            for name, cause in file.causes.items()
            for fault in _faults(name, cause, causes)
        ]
        if faults:
            raise _refused(path, faults)
        causes |= {name: _changed(name, cause, causes.get(name)) for name, cause in file.causes.items()}
        enquiries += file.enquiry_dispositions
        complaints += file.complaint_dispositions
    return Taxonomy(causes, enquiries=enquiries, complaints=complaints)


def _faults(name: str, cause: CauseFile, known: dict[str, Cause]) -> list[str]:
    """What is missing in a cause of a site, or cannot be changed in one that is built in."""
    if name in known:
        return [f"{name} is built in and trained: examples belong to causes of your own"] * bool(cause.examples)
    if not known:  # the built-in file; it is trained, not told by examples
        return []
    missing = [key for key in ("group", "owner", "title", "examples") if not getattr(cause, key)]
    return [f"{name} needs {', '.join(missing)}"] if missing else []


def _changed(name: str, file: CauseFile, known: Cause | None) -> Cause:
    return Cause(
        name=name,
        group=file.group or (known.group if known else ""),
        owner=file.owner or (known.owner if known else ""),
        titles={**(known.titles if known else {}), **{str(language): text for language, text in file.title.items()}},
        examples={str(language): sentences for language, sentences in file.examples.items()},
        categories=(*(known.categories if known else ()), *file.categories),
    )


def _refused(path: Path, faults: Sequence[tuple[int, str]]) -> ConfigurationError:
    return ConfigurationError(
        f"{path.name} cannot be used.",
        problems=[Problem(where=str(path), line=line, message=message) for line, message in faults],
        code="taxonomy",
    )
