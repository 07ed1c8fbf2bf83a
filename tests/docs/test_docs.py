"""The pages keep up with the code: settings, commands, checks, codes, figures, links."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from qa_pipeline.archive import fields as archive_fields
from qa_pipeline.audio import probe
from qa_pipeline.cli.app import app
from qa_pipeline.domain import SignalKind, Status, Verdict
from qa_pipeline.settings import Settings
from qa_pipeline.weights.card import read_card

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "scorecards").rglob("*.md"),
                 *(ROOT / "samples").rglob("*.md"), *(ROOT / "models").rglob("*.md"))
)  # fmt: skip
CHECKS = sorted(path.stem for path in (ROOT / "qa_pipeline" / "checks").glob("[a-z]*.py"))


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """What stands below each heading of the second level."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> list[tuple[str, ...]]:
    """The cells of all tables' rows, without the signs for code."""
    return [
        tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))
        for line in text.splitlines()
        if line.startswith("|")
    ]


def commands(group: TyperGroup, path: str = "qa") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{path} {name}")
        else:
            assert isinstance(command, TyperCommand)
            yield f"{path} {name}", command


COMMANDS = dict(commands(typer.main.get_command(app)))  # type: ignore[arg-type]  # a group, since there are several


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_in_the_operators_table(name: str) -> None:
    default = Settings.model_fields[name].default
    said = ",".join(default) if isinstance(default, tuple) else "" if default is None else str(default)
    (row,) = [row for row in rows(sections(page("operator.md"))["Settings"]) if row[0] == name]
    assert f"QA_{name.upper()}" == row[1]
    assert said == ("" if row[2] in ("(none)", "(empty)") else row[2])
    assert row[3]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    text = sections(page("commands.md"))[name]
    options = [option for one in COMMANDS[name].params for option in one.opts if option.startswith("--")]
    assert [] == [option for option in options if f"`{option}`" not in text]
    assert name in text  # an example


def test_no_command_is_documented_that_does_not_exist() -> None:
    assert set(COMMANDS) == {title for title in sections(page("commands.md")) if title.startswith("qa ")}


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_has_a_docstring_and_its_place_in_the_docs(name: str) -> None:
    module = importlib.import_module(f"qa_pipeline.checks.{name}")
    assert (module.__doc__ or "").strip()
    assert (module.check.__doc__ or "").strip()
    text = sections(page("checks.md"))[name]
    defaults = {
        parameter.name: f"{parameter.default:g}"
        for parameter in inspect.signature(module.check).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert defaults == {row[0]: row[1] for row in rows(text) if row[0] in defaults}


@pytest.mark.parametrize("module", [archive_fields, probe], ids=["archive", "audio"])
def test_every_code_of_a_refused_recording_is_explained(module: object) -> None:
    codes = set(re.findall(r"^    ([a-z_]+)  ", module.__doc__ or "", flags=re.MULTILINE))
    assert codes
    assert set() == codes - {row[1] for row in rows(page("getting-started.md")) if len(row) > 1}


@pytest.mark.parametrize("name", archive_fields.NAMES)
def test_every_column_of_the_manifest_is_explained(name: str) -> None:
    assert name in {row[0] for row in rows(page("getting-started.md"))}


@pytest.mark.parametrize("word", [*SignalKind, *Verdict, *Status])
def test_every_kind_verdict_and_status_is_in_the_glossary(word: str) -> None:
    text = page("glossary.md")
    assert f"`{word}`" in text or word == SignalKind.ACT


@pytest.mark.parametrize("name", ["sentiment", "causes"])
def test_measured_figures_are_those_of_the_model_card(name: str) -> None:
    shown = {row[0]: row[1:] for row in rows(page("models.md"))}
    measured = read_card(ROOT / "models" / name / "model.yaml").measured
    for figure in measured["en"]:
        assert tuple(_figure(measured[language][figure]) for language in ("en", "zh")) == shown[f"{name} {figure}"]


def _figure(figure: dict[str, float | int | list[float]]) -> str:
    low_high = figure.get("interval")
    span = f" ({low_high[0]:.3f} to {low_high[1]:.3f})" if isinstance(low_high, list) else ""
    return f"{figure['value']:.3f}{span}, n = {figure['n']}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [] == [target for target in targets if "://" not in target and not _leads_somewhere(path, target)]


def _leads_somewhere(page_path: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    place = (page_path.parent / name).resolve() if name else page_path
    if not place.exists() or not anchor:
        return place.exists()
    headings = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
