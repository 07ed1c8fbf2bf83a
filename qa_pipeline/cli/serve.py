"""`qa serve`: the page."""

from __future__ import annotations

from typing import Annotated

import typer

from qa_pipeline.settings import load_settings


def serve(
    db: Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 127.0.0.1 is this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 8080,
) -> None:
    """Serves the page for reviewers, team leads and agents. Nothing is asked of the outside."""
    import uvicorn  # noqa: PLC0415 - heavy

    from qa_pipeline import reviewing  # noqa: PLC0415 - heavy
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - likewise
    from qa_pipeline.store.people import users  # noqa: PLC0415 - SQLAlchemy
    from qa_pipeline.web import upkeep  # noqa: PLC0415 - with the page
    from qa_pipeline.web.app import create_app  # noqa: PLC0415 - FastAPI
    from qa_pipeline.web.deliver import delivering  # noqa: PLC0415 - likewise

    settings = load_settings(db=db)
    with open_store(settings.db, create=False) as store:
        reviewing.settle(store, settings)
        app = create_app(store, settings, reviewing.scorecards(settings))
        if not users.everybody(store):
            typer.echo("Nobody has an account yet: `qa user add NAME` makes the first one.", err=True)
        upkeep.daily(store, settings)
        typer.echo(f"The page is at http://{host}:{port}", err=True)
        with delivering(store):
            uvicorn.run(app, host=host, port=port, log_level="warning", proxy_headers=False, server_header=False)
