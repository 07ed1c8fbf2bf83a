"""All commands together, and how errors look."""

from __future__ import annotations

import logging
import sys

import structlog
import typer

from qa_pipeline.cli import (
    archive,
    call,
    complaints,
    doctor,
    evaluate,
    export,
    imports,
    models,
    nightly,
    scorecard,
    serve,
    train,
    user,
)
from qa_pipeline.domain import ConfigurationError, QaError

app = typer.Typer(
    name="qa",
    help="Call-centre quality assurance: from recordings to per-agent scorecards. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # it would swallow "[default: ...]"
)
app.command("call")(call.call)
app.command("nightly")(nightly.nightly)
app.command("evaluate")(evaluate.evaluate)
app.command("complaints")(complaints.complaints)
app.command("doctor")(doctor.doctor)
app.command("train")(train.train)
app.command("serve")(serve.serve)
app.add_typer(archive.app, name="archive")
app.add_typer(export.app, name="export")
app.add_typer(imports.app, name="import")
app.add_typer(models.app, name="models")
app.add_typer(scorecard.app, name="scorecard")
app.add_typer(user.app, name="user")


def run() -> None:
    """Runs the command line; errors that a person can mend are told in plain words, without a traceback."""
    configure_logs()
    try:
        app()
    except ConfigurationError as error:
        typer.echo(f"qa: {error}", err=True)
        sys.exit(2)
    except QaError as error:
        typer.echo(f"qa: {error} [{error.code}]", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(141)  # the reader of our output went away, as after `| head`


def configure_logs() -> None:
    """Structured events through the standard library, as key=value lines on standard error."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
