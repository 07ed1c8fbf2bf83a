"""`qa user`: accounts of the page."""

from __future__ import annotations

from typing import Annotated

import typer

from qa_pipeline.domain import Role, User
from qa_pipeline.settings import load_settings

app = typer.Typer(help="Accounts of the page.", no_args_is_help=True)
Db = Annotated[str | None, typer.Option(help="Database URL. [default: QA_DB or sqlite:///qa.db]")]
Keep = Annotated[bool, typer.Option("--keep", help="The person need not choose an own password at first sign-in.")]


@app.command()
def add(  # noqa: PLR0913, PLR0917 - as many options as an account has
    login: Annotated[str, typer.Argument(help="What the person signs in with.")],
    role: Annotated[Role, typer.Option(help="What the person is.")] = Role.ADMIN,
    name: Annotated[str, typer.Option(help="How others see the person. [default: the login]")] = "",
    team: Annotated[str, typer.Option(help="The team that a team lead leads.")] = "",
    agent_id: Annotated[str, typer.Option(help="The agent's number, as recordings name it.")] = "",
    language: Annotated[str, typer.Option(help="en or zh.")] = "en",
    timezone: Annotated[str, typer.Option(help="For example Asia/Shanghai.")] = "UTC",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked for when not given.")
    ] = "",
    keep: Keep = False,
    db: Db = None,
) -> None:
    """Adds an account; the first one should be an admin, who adds the others in the page."""
    from qa_pipeline.accounts import add_user  # noqa: PLC0415 - SQLAlchemy
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - likewise

    user = User(
        id="", login=login, name=name or login, role=role, team=team, agent_id=agent_id, language=language,
        timezone=timezone, must_change=not keep,
    )  # fmt: skip
    with open_store(load_settings(db=db).db) as store:
        made = add_user(store, user, password)
    typer.echo(f"{made.login} can sign in as {made.role}{_then(keep)}.")


@app.command("list")
def show(db: Db = None) -> None:
    """Lists the accounts."""
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - likewise
    from qa_pipeline.store.people import users  # noqa: PLC0415 - SQLAlchemy

    with open_store(load_settings(db=db).db, create=False) as store:
        for user in users.everybody(store):
            place = user.team or user.agent_id
            typer.echo(f"{user.login}\t{user.role}\t{place}\t{'active' if user.active else 'closed'}")


@app.command()
def password(
    login: Annotated[str, typer.Argument(help="Whose.")],
    new: Annotated[
        str, typer.Option("--password", prompt=True, confirmation_prompt=True, hide_input=True, help="The new one.")
    ] = "",
    keep: Keep = False,
    db: Db = None,
) -> None:
    """Sets a new password, for somebody who has forgotten it."""
    from qa_pipeline.accounts import give_password  # noqa: PLC0415 - SQLAlchemy
    from qa_pipeline.domain import StoreError  # noqa: PLC0415 - with it
    from qa_pipeline.store.engine import open_store  # noqa: PLC0415 - likewise
    from qa_pipeline.store.people import users  # noqa: PLC0415 - likewise

    with open_store(load_settings(db=db).db, create=False) as store:
        found = users.by_login(store, login)
        if found is None:
            raise StoreError(f"There is no account {login!r}.", code="unknown_user", hint="`qa user list` shows them.")
        give_password(store, found[0].id, new, None, keep=keep)
    typer.echo(f"{found[0].login} has a new password{_then(keep)}.")


def _then(keep: bool) -> str:
    return "" if keep else ", and chooses an own password at the next sign-in"
