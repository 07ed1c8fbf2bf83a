"""The command line: one file a command group. Heavy libraries are imported by the commands that need them."""

from __future__ import annotations

from qa_pipeline.quiet import no_telemetry


def main() -> None:
    """The entry point `qa`: prints what went wrong in plain words and exits with 2 for wrong input, 1 for failures."""
    no_telemetry()
    from qa_pipeline.cli.app import run  # noqa: PLC0415 - after the switches are set

    run()
