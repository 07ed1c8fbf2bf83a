"""The page in a real Chromium, over a made-up call centre of each test's own.

No console error and no request to elsewhere may happen in any test; `accessible` asks axe-core.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from qa_pipeline import accounts
from qa_pipeline.domain import Scorecard, ScoredCall, User
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.scoring.fold import fold
from qa_pipeline.settings import load_settings
from qa_pipeline.store import queries
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.testing.stored import a_centre, keep
from qa_pipeline.web.app import create_app
from qa_pipeline.web.desk import COOKIE

CHROMIUM = "/usr/bin/chromium"
# Without these Chromium talks to its maker.
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()

# Chromium writes each refused form on its console; a page that shows why is no fault.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (409|422)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            if not Path(CHROMIUM).exists():
                item.add_marker(pytest.mark.skip(reason=f"{CHROMIUM} is not there: install Debian's chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": QUIET}


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A running page: its address, its database, its people by login."""

    url: str
    store: Store
    people: dict[str, User]


def ten_criteria() -> Scorecard:
    """The made-up English scorecard with some criteria twice, ten in all."""
    card = made_up_scorecards()["general-en", "1"]
    twice = [replace(one, name=f"{one.name}_again", critical=False) for one in card.criteria]
    more = iter(twice[: 10 - len(twice)])
    sections = tuple(replace(one, criteria=(*one.criteria, *islice(more, len(one.criteria)))) for one in card.sections)
    return replace(card, name="ten-criteria", title="Ten criteria", sections=sections, fingerprint="ten")


def long_call(call: ScoredCall, card: Scorecard) -> ScoredCall:
    """The call judged by ten criteria."""
    of = {one.criterion: one for one in call.findings}
    findings = tuple(replace(of[one.name.removesuffix("_again")], criterion=one.name) for one in card.criteria)
    meta = replace(call.recording.meta, call_id="ten-criteria")
    recording = replace(call.recording, meta=meta, uri=call.recording.uri, sha256="10" * 32)
    return replace(call, recording=recording, findings=findings, score=fold(findings, card))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, User]]:
    folder = tmp_path_factory.mktemp("centre")
    with open_store(f"sqlite:///{folder}/qa.db") as store:
        people = a_centre(store, sounds=folder)
        heard = queries.scored_call(store, "A101-000")
        assert heard is not None
        place = shutil.copyfile(heard.recording.uri, folder / "ten-criteria.wav")
        call = long_call(heard, ten_criteria())
        keep(store, replace(call, recording=replace(call.recording, uri=str(place))))
    return folder / "qa.db", people


@pytest.fixture
def centre(made_once: tuple[Path, dict[str, User]], tmp_path: Path) -> Iterator[Centre]:
    path = shutil.copyfile(made_once[0], tmp_path / "qa.db")
    with open_store(f"sqlite:///{path}") as store:
        settings = load_settings(db=f"sqlite:///{path}", cache_dir=tmp_path / "cache")
        app = create_app(store, settings, Scorecards([*made_up_scorecards().values(), ten_criteria()]))
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Centre(url=f"http://127.0.0.1:{port}", store=store, people=made_once[1])
        server.should_exit = True
        thread.join()


@pytest.fixture
def page_of(centre: Centre, new_context: Callable[..., BrowserContext]) -> Iterator[Callable[[str], Page]]:
    """A page of somebody who is signed in, by login; each call gives a browser of its own."""
    faults: list[str] = []
    own = (centre.url, "blob:", "data:")

    def opened(login: str, **options: object) -> Page:
        context = new_context(base_url=centre.url, viewport={"width": 1366, "height": 768}, **options)
        ticket = accounts.open_session(centre.store, centre.people[login])
        context.add_cookies([{"name": COOKIE, "value": ticket.token, "url": centre.url}])
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text) if _is_fault(said) else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: faults.extend([] if asked.url.startswith(own) else [asked.url]))
        return page

    yield opened
    assert faults == []


def _is_fault(said: ConsoleMessage) -> bool:
    return said.type == "error" and REFUSED.match(said.text) is None


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """Fails when axe-core finds a serious or critical fault on the page as it is."""
    axe = Axe()

    def check(page: Page) -> None:
        # Without "preload" axe puts no style of its own into the page, which our rules would refuse.
        found = axe.run(page, options={"preload": False}).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [] == [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in grave]

    return check
