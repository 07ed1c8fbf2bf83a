from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa_pipeline import accounts
from qa_pipeline.cli.app import app
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.people import users

PASSWORD = "correct horse battery"  # noqa: S105 - of a test


@pytest.fixture
def db(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/qa.db"


def run(db: str, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["user", *arguments, "--password", PASSWORD, "--db", db])
    assert 0 == result.exit_code, result.output
    return result.output


def must_change(db: str) -> bool:
    with open_store(db, create=False) as store:
        accounts.sign_in(store, "ada", PASSWORD, "127.0.0.1")
        found = users.by_login(store, "ada")
        assert found is not None
        return found[0].must_change


@pytest.mark.parametrize(("options", "expected"), [((), True), (("--keep",), False)])
def test_a_password_from_the_command_line_is_to_be_changed_unless_kept(
    db: str, options: tuple[str, ...], expected: bool
) -> None:
    said = run(db, "add", "ada", *options)
    assert (expected, expected) == (must_change(db), "chooses an own password" in said)
    said = run(db, "password", "ada", *options)
    assert (expected, expected) == (must_change(db), "chooses an own password" in said)
