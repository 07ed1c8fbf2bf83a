"""A made-up call centre behind the page, and a browser for each role that keeps its session."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_pipeline import accounts
from qa_pipeline.domain import User
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.settings import load_settings
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.testing.stored import a_centre
from qa_pipeline.web.app import create_app
from qa_pipeline.web.desk import COOKIE


class Browser(TestClient):
    """Somebody's browser: `submit` posts a form with the session's token."""

    user: User
    csrf: str

    def submit(self, path: str, **form: object) -> object:
        return self.post(path, data={"csrf": self.csrf, **{name: str(value) for name, value in form.items()}})


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, User]]:
    """The call centre's database, made once; each test works on a copy."""
    path = tmp_path_factory.mktemp("centre") / "qa.db"
    with open_store(f"sqlite:///{path}") as store:
        people = a_centre(store)
    return path, people


@pytest.fixture
def store(made_once: tuple[Path, dict[str, User]], tmp_path: Path) -> Iterator[Store]:
    path = shutil.copyfile(made_once[0], tmp_path / "qa.db")
    with open_store(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture
def people(made_once: tuple[Path, dict[str, User]]) -> dict[str, User]:
    """Everybody by login."""
    return made_once[1]


@pytest.fixture
def app(store: Store, tmp_path: Path) -> FastAPI:
    settings = load_settings(db="sqlite:///unused.db", cache_dir=tmp_path / "cache")
    return create_app(store, settings, Scorecards(made_up_scorecards().values()))


@pytest.fixture
def as_(app: FastAPI, store: Store, people: dict[str, User]) -> Iterator[Callable[[str], Browser]]:
    """A browser signed in as somebody, by login."""
    opened: list[Browser] = []

    def browser(login: str) -> Browser:
        ticket = accounts.open_session(store, people[login])
        made = Browser(app, base_url="http://127.0.0.1", follow_redirects=False)
        made.cookies.set(COOKIE, ticket.token)
        made.user, made.csrf = people[login], ticket.csrf
        opened.append(made)
        return made

    yield browser
    for one in opened:
        one.close()


@pytest.fixture
def stranger(app: FastAPI) -> Iterator[TestClient]:
    """A browser that is not signed in."""
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as made:
        yield made
