"""`qa scorecard`: write, check, try, compare and publish scorecards."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.settings import load_settings

if TYPE_CHECKING:
    from qa_pipeline.domain import Scorecard

app = typer.Typer(help="Scorecard files.", no_args_is_help=True)
Named = Annotated[str, typer.Argument(help="A scorecard's name, or a file.")]


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A scorecard.yaml, or its folder.")]) -> None:
    """Reads a scorecard and names every fault with its line; exits with 2 when there is one."""
    scorecard = _read(_file(file))
    typer.echo(f"{scorecard.name} {scorecard.version}: {len(scorecard.criteria)} criteria, no faults.")


@app.command()
def test(folder: Annotated[Path, typer.Argument(help="A scorecard's folder, or a name.")]) -> None:
    """Runs the scorecard's cases through the real detectors; exits with 1 when one comes out otherwise."""
    from qa_pipeline import assembly  # noqa: PLC0415 - heavy
    from qa_pipeline.testing.pack_cases import count, failures  # noqa: PLC0415 - with it

    path = _file(folder)
    scorecard = _read(path)
    cases = path.parent / "cases"
    if not cases.is_dir() or not count(cases):
        raise ConfigurationError(
            f"{scorecard.name} has no cases.",
            code="cases",
            hint="They are YAML files in the scorecard's folder cases/.",
        )
    parts = assembly.parts(load_settings(), scorecard=str(path))
    found = failures(scorecard, cases, parts.detectors, parts.checks)
    for one in found:
        typer.echo(f"{one.where}:{one.line}: {one.case}\n    {one.what}")
    wrong = len({(one.where, one.line) for one in found})
    typer.echo(f"{scorecard.name} {scorecard.version}: {count(cases) - wrong} of {count(cases)} cases as expected.")
    if found:
        raise typer.Exit(1)


@app.command()
def show(name: Named) -> None:
    """Shows a scorecard as a person reads it."""
    from qa_pipeline.scoring.show import lines  # noqa: PLC0415 - with the scorecard

    path = _file(Path(name))
    for line in lines(_read(path)):
        typer.echo(line)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A scorecard's name, or a file.")],
    new: Annotated[str, typer.Argument(help="Another.")],
) -> None:
    """Tells what differs between two scorecards, criterion by criterion; exits with 1 when something does."""
    from qa_pipeline.scoring.show import differences  # noqa: PLC0415 - with the scorecards

    found = list(differences(_read(_file(Path(old))), _read(_file(Path(new)))))
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(1)
    typer.echo("No difference.")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the new scorecard, such as billing-en.")],
    like: Annotated[str, typer.Option(help="The scorecard to start from.")] = "general-en",
    folder: Annotated[Path | None, typer.Option(help="Where. [default: QA_SCORECARDS_DIR or site]")] = None,
) -> None:
    """Starts a scorecard of your own from another, with an example of a case."""
    from qa_pipeline.scoring.template import start  # noqa: PLC0415 - with the scorecard

    settings = load_settings()
    path = start(name, _file(Path(like)), folder or settings.scorecards_dir or Path("site"), _reader())
    typer.echo(f"{path} is yours. Change it, then: qa scorecard check {path}; qa scorecard test {path.parent}")


@app.command()
def publish(name: Named) -> None:
    """Keeps the scorecard as a version that no longer changes; its cases must come out right first."""
    from qa_pipeline.scoring.versions import publish as keep  # noqa: PLC0415 - with the scorecard

    path = _file(Path(name))
    if (path.parent / "cases").is_dir():
        test(path)
    copy = keep(path, _reader())
    typer.echo(f"{copy} is published. From now on the published versions judge; {path} is the next one's draft.")


@app.command()
def schema() -> None:
    """Prints the JSON Schema from which editors complete scorecard files."""
    from qa_pipeline.scoring.model import json_schema  # noqa: PLC0415 - pydantic models

    typer.echo(json.dumps(json_schema(), indent=2))


def _file(name: Path) -> Path:
    """The file of a scorecard, given by file, folder or name."""
    from qa_pipeline import assembly  # noqa: PLC0415 - loads the checks
    from qa_pipeline.scoring.read import find_scorecard  # noqa: PLC0415 - reads YAML

    if name.is_dir() and (name / "scorecard.yaml").is_file():
        return name / "scorecard.yaml"
    return find_scorecard(assembly.scorecard_folders(load_settings()), str(name))


def _reader() -> partial[Scorecard]:
    from qa_pipeline import assembly  # noqa: PLC0415 - loads the checks

    return partial(assembly.scorecard_at, load_settings())


def _read(path: Path) -> Scorecard:
    return _reader()(path)
