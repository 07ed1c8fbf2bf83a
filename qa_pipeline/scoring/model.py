"""The form of a scorecard file, and its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
Value = bool | int | float | str | list[str]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CriterionFile(_Strict):
    """One line of the scorecard."""

    name: Name = Field(description="Stable name, used in tables and exports.")
    title: str = Field(min_length=1, description="What people read.")
    check: Name = Field(description="The check that decides it.")
    weight: float = Field(gt=0, description="Points for a pass.")
    standard: str = Field("", description="The written standard, as shown to agents.")
    critical: bool = Field(default=False, description="A fail caps the whole call at critical_cap.")
    bonus: float = Field(0, ge=0, description="Points on top for level 2.")
    min_confidence: float = Field(0.5, ge=0, le=1, description="A finding less sure than this becomes unsure.")
    coach_only: bool = Field(default=False, description="Shown to agents, never counted.")
    parameters: dict[str, Value] = Field(default_factory=dict, description="The check's parameters.")


class SectionFile(_Strict):
    """A named group of criteria."""

    name: Name
    title: str = Field(min_length=1)
    criteria: tuple[CriterionFile, ...] = Field(min_length=1)


class BandFile(_Strict):
    """A range of percent, up to the next band."""

    name: Name
    title: str = Field(min_length=1)
    at_least: float = Field(ge=0, le=100)


class ScorecardFile(_Strict):
    """A scorecard: `scorecards/<name>/scorecard.yaml`."""

    name: Name
    version: str = Field(min_length=1, description='In quotes: "1.0".')
    title: str = Field(min_length=1)
    language: Literal["en", "zh"]
    critical_cap: float = Field(ge=0, le=100, description="The most percent with a failed critical criterion.")
    max_undecided: float = Field(
        0.25, ge=0, le=1, description="With a greater share of the weight undecided a call gets no percentage."
    )
    bands: tuple[BandFile, ...] = Field(min_length=1, description="From the best to the worst; the last starts at 0.")
    sections: tuple[SectionFile, ...] = Field(min_length=1)


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) from which editors complete and check scorecard files."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ScorecardFile.model_json_schema()}
