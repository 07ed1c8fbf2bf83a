"""One table of settings: name, default, help. Environment QA_* wins over qa.toml, qa.toml over the defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from qa_pipeline.domain import ConfigurationError, Problem

Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """What a site can choose. In the environment, lists are written with commas: QA_BRANDS="Northwind,River Bank"."""

    model_config = SettingsConfigDict(env_prefix="QA_", toml_file="qa.toml", frozen=True, extra="forbid")

    db: str = Field("sqlite:///qa.db", description="Database URL: SQLite file or postgresql://...")
    out: Path = Field(Path("out"), description="Folder for scorecards and tables.")
    models_dir: Path = Field(Path("weights"), description="Folder where model weights lie; taken first, never deleted.")
    models_hub: str = Field("", description="Base URL of a model hub; empty: no hub is ever asked.")
    trained_dir: Path | None = Field(
        None, description="A folder of models trained for this site (qa train), read before the built-in ones."
    )
    scorecards_dir: Path | None = Field(
        None, description="A folder of the site's own scorecards and phrases, read before the built-in ones."
    )

    engine: str = Field("faster-whisper", description="Speech recognition: faster-whisper or openai-whisper.")
    speech_model: str = Field("whisper-base", description="Speech model, a folder name in models/.")
    threads: int = Field(
        0,
        ge=0,
        description="CPU threads of one set of models, each recognises a window of its own; 0: as many as cores.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", description="Where speech is recognised: auto takes a graphics card when there is one."
    )
    batch_size: int = Field(
        16, ge=1, description="Windows of speech decoded together on a graphics card; more needs more memory."
    )

    languages: Names = Field(("en", "zh"), description="Languages that calls may be in, when the metadata do not say.")
    brands: Names = Field(
        (), description="Names of the company as agents say them; without any, typical phrases decide."
    )
    vocabulary: Names = Field(
        (),
        description="Names of products and places that recognition should know; the brands and the agent's are added.",
    )
    trust_channels: Literal["manifest", "content"] = Field(
        "manifest",
        description="When the words say that the channels are swapped: manifest leaves the parties open for a person,"
        " content goes by the words.",
    )
    party_confidence: float = Field(
        0.9, ge=0.5, le=1, description="How sure the words must be of who the agent is, where the metadata do not say."
    )
    filename_patterns: Names = Field(
        (),
        description="Regular expressions with named groups (call_id, ...) for file names; one a line.",
    )
    min_duration_s: float = Field(5.0, ge=0, description="Shorter recordings are skipped.")

    runner: Literal["threads", "processes", "dask", "ray"] = Field(
        "threads", description="How shards are spread over workers."
    )
    workers: int = Field(
        2, ge=1, description="Shards at a time on this machine; as processes each loads its own models."
    )
    shard_minutes: float = Field(60.0, gt=0, description="Minutes of audio in one shard.")
    min_calls: int = Field(10, ge=1, description="Fewer scored calls: no comparison between agents is shown.")

    repeat_days: int = Field(
        7, ge=1, description="Complaints of one customer and cause so many days apart or fewer are a repeat."
    )
    promise_hours: int = Field(24, ge=1, description="Hours after a complaint by which its ticket should be resolved.")

    review_quota: int = Field(50, ge=1, description="Reviews that a reviewer should finish in a week.")
    appeal_days: int = Field(14, ge=1, description="So many days after a judgement an agent may question it.")
    appeal_rounds: int = Field(2, ge=1, description="How often one item may be questioned.")
    cache_dir: Path = Field(
        Path("cache"), description="Folder of copies to listen to in the page; may be deleted at any time."
    )
    cache_gb: float = Field(10.0, gt=0, description="The most that the copies to listen to may take, in GB.")
    audit_days: int = Field(
        730, ge=0, description="So many days the page's audit log is kept; 0: nothing of it is ever removed."
    )
    https: bool = Field(
        default=False,
        description="Reached by https through a proxy: the page's cookie is then sent by https alone.",
    )
    oidc_issuer: str = Field("", description="Address of a provider for single sign-on (OpenID Connect); empty: none.")
    oidc_client_id: str = Field("", description="What the provider knows the page by.")
    oidc_client_secret: str = Field("", description="The provider's secret for the page.", repr=False)

    @field_validator("languages", "brands", "vocabulary", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return _parts(value, ",")

    @field_validator("filename_patterns", mode="before")
    @classmethod
    def _split_lines(cls, value: object) -> object:
        return _parts(value, "\n")  # a comma may stand inside a pattern

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class fixes the signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class fixes the signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: object) -> Settings:
    """The settings in force; `overrides` (None = not given) win over everything. Raises ConfigurationError."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        problems = [
            Problem(where="settings: " + ".".join(map(str, item["loc"])), message=item["msg"])
            for item in error.errors()
        ]
        raise ConfigurationError("The settings cannot be used.", problems=problems, code="settings") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = Problem(where="qa.toml", message=str(error))
        raise ConfigurationError("The settings cannot be used.", problems=[problem], code="settings") from error


def _parts(value: object, separator: str) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(separator) if part.strip())
    return value
