"""What holds for every route, found from the application itself so that none can be forgotten.

A new route is taken in by itself. If it needs a value in its address that none of VALUES has, add one there.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import update
from starlette.routing import Mount

from qa_pipeline import accounts
from qa_pipeline.domain import RIGHTS, Right, Role, User, Verdict
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.settings import load_settings
from qa_pipeline.store import queries
from qa_pipeline.store.desk import claims, decisions, queue
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.store.people import users
from qa_pipeline.store.tables.accounts import ThrottleRow, WebSessionRow
from qa_pipeline.store.tables.base import now
from qa_pipeline.testing.calls import made_up_calls, made_up_scorecards
from qa_pipeline.testing.stored import PEOPLE, keep
from qa_pipeline.web.app import create_app
from qa_pipeline.web.desk import ASKED, COOKIE

As = Callable[[str], Any]

VALUES: dict[str, str] = {"id": "A101-000", "call": "A101-000", "agent": "A101", "agent_id": "A101", "team": "North",
                          "name": "general-en", "version": "1", "criterion": "greeting", "scorecard": "general-en",
                          "language": "en", "since": "2026-10-01", "until": "2026-11-01",
                          "day": "2026-10-05"}  # fmt: skip
"""Something that exists, for parameters by name; those that are not here get "1"."""

BEFORE_OWN_PASSWORD = {("GET", "/me/password"), ("POST", "/me/password"), ("POST", "/sign-out")}
"""What is answered to somebody whose password was chosen by somebody else."""

OPEN = {"/sign-in", "/sign-in/sso", "/sign-in/sso/back", "/api/v1/openapi.json"}
"""What strangers may see: how to sign in, and how the interface for programs is to be spoken to."""

LOGINS = {Role.ADMIN: "ada", Role.QA_LEAD: "lena", Role.REVIEWER: "rosa", Role.TEAM_LEAD: "tom", Role.AGENT: "hannah",
          Role.AUDITOR: "audrey"}  # fmt: skip
ANSWERED = {200, 206, 303, 304, 404, 409, 422}
HOSTILE = "<script>alert(1)</script>"
BREAKS_OUT = '"><img src=x onerror=alert(1)>'
JINJA = "{{ 7777 * 7777 }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route of the application: `asked` are its dependencies that say who may, in order."""

    method: str
    path: str
    asked: tuple[Callable[..., object], ...]
    required: tuple[str, ...]
    known: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def is_open(self) -> bool:
        return self.path in OPEN

    @property
    def right(self) -> Right | None:
        return ASKED[self.asked[0]]

    def lets(self, role: Role) -> bool:
        return self.right is None or self.right in RIGHTS[role]

    def address(self, **values: str) -> str:
        given = VALUES | values
        path = self.path
        while "{" in path:
            before, _, rest = path.partition("{")
            name, _, after = rest.partition("}")
            path = before + given.get(name.partition(":")[0], "1") + after
        return path

    def query(self, **values: str) -> dict[str, str]:
        given = VALUES | values
        also = [name for name in values if name in self.known]
        return {name: given.get(name, "1") for name in (*self.required, *also)}


def routes_of(app: FastAPI, prefix: str = "") -> Iterator[Route]:
    for one in iter_route_contexts(app.routes):
        route = one.original_route
        if isinstance(route, Mount):
            if isinstance(route.app, FastAPI):
                yield from routes_of(route.app, prefix + route.path)
            continue
        dependant = route.dependant if isinstance(route, APIRoute) else Dependant()
        every = list(dependants(dependant))
        queries = [field for part in every for field in part.query_params]
        for method in sorted((one.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(
                method=method,
                path=prefix + str(one.path),
                asked=tuple(part.call for part in every if part.call is not None and part.call in ASKED),
                required=tuple(field.alias for field in queries if field.field_info.is_required()),
                known=tuple(field.alias for field in queries),
            )


def dependants(one: Dependant) -> Iterator[Dependant]:
    yield one
    for part in one.dependencies:
        yield from dependants(part)


ROUTES = tuple(routes_of(create_app(cast("Store", None), load_settings(), Scorecards(()))))
GETS = [one for one in ROUTES if one.method == "GET"]
POSTS = [one for one in ROUTES if one.method == "POST"]
each_get = pytest.mark.parametrize("route", GETS, ids=lambda one: one.path)
each_post = pytest.mark.parametrize("route", POSTS, ids=lambda one: one.path)


def ask(route: Route, client: TestClient, **given: Any) -> Any:
    return client.request(route.method, route.address(), params=route.query(), **given)


@pytest.fixture
def whoever(app: FastAPI, store: Store, people: dict[str, User], as_: As) -> Callable[[Route, Role], Any]:
    """A browser of a role, or for the interface a program with a token of it; no cookie opens the latter."""

    def made(route: Route, role: Role) -> Any:
        if not route.is_api:
            return as_(LOGINS[role])
        token = accounts.make_token(store, people[LOGINS[role]], "test", days=None)
        return TestClient(app, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"})

    return made


def test_every_route_says_who_may() -> None:
    assert [] == [one.path for one in ROUTES if not one.is_open and len(one.asked) != 1]
    assert {"GET", "POST"} == {one.method for one in ROUTES}
    assert {"/queue", "/sign-in", "/api/v1/calls"} <= {one.path for one in ROUTES}


def test_every_change_asks_for_the_sessions_word() -> None:
    """`changes` is a coroutine (it reads the form), `looks` is none."""
    pages = [one for one in ROUTES if not one.is_api and not one.is_open]
    assert [] == [one.path for one in pages if iscoroutinefunction(one.asked[0]) is not (one.method == "POST")]


@each_get
def test_who_may_is_answered_and_who_may_not_is_refused(route: Route, whoever: Callable[[Route, Role], Any]) -> None:
    for role in Role:
        status = ask(route, whoever(route, role)).status_code
        if route.is_open:
            assert status in ANSWERED, role
        elif not route.lets(role):
            assert (role, 403) == (role, status)
        else:  # a route that anybody may ask can still decide by itself
            assert status in ANSWERED | ({403} if route.right is None else set()), role


@each_post
def test_who_may_not_changes_nothing(route: Route, whoever: Callable[[Route, Role], Any]) -> None:
    if route.is_open:
        return
    for role in Role:
        if not route.lets(role):
            client = whoever(route, role)
            sent = {"json": {}} if route.is_api else {"data": {"csrf": client.csrf}}
            assert (role, 403) == (role, ask(route, client, **sent).status_code)


@each_post
def test_a_change_without_the_sessions_word_is_refused(route: Route, as_: As) -> None:
    if route.is_open:
        return
    role = next(one for one in Role if route.lets(one))
    for sent in (
        {},
        {"data": {"csrf": ""}},
        {"data": {"csrf": "made-up"}},
        {"headers": {"X-CSRF-Token": "é".encode()}},
    ):
        answer = ask(route, as_(LOGINS[role]), **sent)
        if route.is_api:  # a session is no token there
            assert 401 == answer.status_code
        else:
            assert (403, True) == (answer.status_code, "too old" in answer.text)


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.method} {one.path}")
def test_strangers_are_asked_to_sign_in(route: Route, stranger: TestClient) -> None:
    answer = ask(route, stranger)
    if route.is_open:
        assert answer.status_code < 500
    elif route.is_api:
        assert (401, True) == (answer.status_code, answer.headers["WWW-Authenticate"].startswith("Bearer"))
    else:
        assert (303, "/sign-in") == (answer.status_code, answer.headers["location"].partition("?")[0])
        part = ask(route, stranger, headers={"HX-Request": "true"})
        assert (401, "/sign-in") == (part.status_code, part.headers["HX-Redirect"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.method} {one.path}")
def test_who_was_given_a_password_gets_nothing_before_choosing_an_own_one(
    route: Route, store: Store, people: dict[str, User], whoever: Callable[[Route, Role], Any]
) -> None:
    for role in Role:
        users.set_password(store, people[LOGINS[role]].id, "a hash", None, must_change=True)
        client = whoever(route, role)
        sent = {} if route.is_api or route.method == "GET" else {"data": {"csrf": client.csrf}}
        answer = ask(route, client, **sent)
        if route.is_api or route.is_open:  # a token was not chosen by anybody
            assert (role, False) == (role, "/me/password" in answer.headers.get("location", ""))
            assert 401 != answer.status_code or not route.is_api
        elif (route.method, route.path) in BEFORE_OWN_PASSWORD:
            assert (role, False) == (role, answer.status_code in (403, 409))
            assert "/me/password" not in answer.headers.get("location", "")
        else:
            assert (303, "/me/password") == (answer.status_code, answer.headers["location"].partition("?")[0]), role
            part = ask(route, client, headers={"HX-Request": "true"}, **sent)
            assert (409, "/me/password") == (part.status_code, part.headers["HX-Redirect"]), role
            assert ("", "") == (answer.text, part.text)


@each_get
def test_every_answer_keeps_to_itself(route: Route, whoever: Callable[[Route, Role], Any]) -> None:
    role = next(one for one in Role if route.is_open or route.lets(one))
    answer = ask(route, whoever(route, role))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    for word in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
        assert word not in policy
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    cached = answer.headers["Cache-Control"]
    assert cached == "no-store" or ("private" in cached and "html" not in answer.headers["Content-Type"])


def test_no_two_answers_share_a_nonce(as_: As) -> None:
    rosa = as_("rosa")
    policies = [rosa.get("/queue").headers["Content-Security-Policy"] for _ in range(2)]
    assert policies[0] != policies[1]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/..%5capp.py",
        "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/vendor/%2e%2e/%2e%2e/app.py",
        "/static/app.css%00.py",
        "/static/", "/static",
    ],
)  # fmt: skip
def test_nothing_but_static_files_is_served_from_static(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code in (303, 307, 404, 405)
    assert "create_app" not in answer.text


@each_get
@pytest.mark.parametrize(
    "path", ["../../../../../../etc/passwd", "/etc/passwd", "A101-000/../../x", "\x00", "a" * 5000]
)
def test_no_value_in_an_address_reaches_a_file(route: Route, path: str, whoever: Callable[[Route, Role], Any]) -> None:
    names = [name for name in ("id", "call", "name", "file", "path") if name in route.known]
    if names and not route.is_open:
        role = next(one for one in Role if route.lets(one))
        client = whoever(route, role)
        answer = client.get(route.address(), params=route.query(**dict.fromkeys(names, path)))
        assert answer.status_code in ANSWERED
        assert b"root:" not in answer.content


@pytest.fixture(scope="module")
def hostile_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, User]]:
    """A centre in which everything that people and recordings can say is an attack."""
    path = tmp_path_factory.mktemp("hostile") / "qa.db"
    evil = f"{HOSTILE}{BREAKS_OUT}{JINJA}"
    people = tuple(replace(one, name=f"{one.name} {evil}", team=one.team and evil) for one in PEOPLE)
    with open_store(f"sqlite:///{path}") as store:
        for number, call in enumerate(made_up_calls()):
            if number % 4 == 0:
                keep(store, _attacking(call, evil, number))
        known = {one.login: users.add(store, one, "") for one in people}
        _act(store, known, evil)
    return path, known


def _attacking(call: Any, evil: str, number: int) -> Any:
    meta = replace(
        call.recording.meta, call_id=f"{evil}{number}", agent_name=evil, queue=evil, customer_id=evil, direction=evil,
        agent_id="A101" if number == 0 else f"{evil}{number % 3}", team=evil, disposition=evil, category=evil,
    )  # fmt: skip
    turns = tuple(replace(one, text=evil) for one in call.transcript.turns)
    findings = tuple(
        replace(
            one, why=evil,
            evidence=tuple(replace(moment, quote=evil) for moment in one.evidence),
            near_misses=tuple(replace(moment, quote=evil) for moment in one.near_misses),
        )
        for one in call.findings
    )  # fmt: skip
    return replace(
        call,
        recording=replace(call.recording, meta=meta, sha256=f"{number:064x}", uri=f"{evil}.wav", flags=(evil,)),
        transcript=replace(call.transcript, turns=turns, flags=(evil,)),
        findings=findings,
        signals=tuple(replace(one, quote=evil) for one in call.signals),
    )


def _act(store: Store, people: dict[str, User], evil: str) -> None:
    """What people can write."""
    call_id, refold = f"{evil}0", Scorecards(made_up_scorecards().values()).refold
    rosa = people["rosa"]
    word = Word(criterion="greeting", verdict=Verdict.UNSURE, reason=evil)
    decisions.decide(store, rosa, call_id, word, seen=0, refold=refold)
    decisions.comment(store, rosa, call_id, evil, criterion=evil, at_ms=1000)
    queue.save_view(store, rosa, "queue", evil, evil)
    finished = f"{evil}0"
    call = queries.scored_call(store, finished, machine=True)
    assert call is not None
    for number, one in enumerate(call.findings, start=1):
        word = Word(criterion=one.criterion, verdict=one.verdict, reason=evil)
        decisions.decide(store, rosa, finished, word, seen=number, refold=refold)
    decisions.finish(store, rosa, finished, seen=number + 1, refold=refold)
    decisions.reopen(store, rosa, finished, evil, refold=refold)
    claims.claim(store, rosa, call_id)
    claims.take_over(store, people["lena"], call_id, rosa.id)
    accounts.make_token(store, people["ada"], evil, days=None)
    users.note_failure(store, (evil,), evil)


@pytest.fixture
def hostile(hostile_once: tuple[Path, dict[str, User]], tmp_path: Path) -> Iterator[tuple[FastAPI, Store]]:
    path = shutil.copyfile(hostile_once[0], tmp_path / "hostile.db")
    with open_store(f"sqlite:///{path}") as store:
        settings = load_settings(db="sqlite:///unused.db", cache_dir=tmp_path / "cache")
        yield create_app(store, settings, Scorecards(made_up_scorecards().values())), store


@each_get
def test_what_others_wrote_is_text_on_every_page(
    route: Route, hostile: tuple[FastAPI, Store], hostile_once: tuple[Path, dict[str, User]]
) -> None:
    app, store = hostile
    evil = f"{HOSTILE}{BREAKS_OUT}{JINJA}"
    values = dict.fromkeys(("q", "query", "kind", "whose", "to", "said", "action", "user", "login"), evil)
    known = values | {"id": f"{evil}0", "call": f"{evil}0", "agent": f"{evil}1", "agent_id": f"{evil}1", "team": evil}
    for role in Role:
        if route.is_api or not (route.is_open or route.lets(role)):
            continue
        for given in ({}, {"id": f"{evil}0", "agent": f"{evil}1"}, known):
            with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
                ticket = accounts.open_session(store, hostile_once[1][LOGINS[role]])
                client.cookies.set(COOKIE, ticket.token)
                answer = client.get(route.address(), params=route.query(**given))
            assert answer.status_code in ANSWERED | {403}
            if "html" in answer.headers.get("Content-Type", ""):
                shown = [
                    one
                    for one in ("<script>alert", "<img src=x", "onerror=alert(1)>", "60481729")
                    if one in answer.text
                ]
                assert (role, []) == (role, shown)


def test_the_hostile_centre_is_really_shown(
    hostile: tuple[FastAPI, Store], hostile_once: tuple[Path, dict[str, User]]
) -> None:
    app, store = hostile
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.cookies.set(COOKIE, accounts.open_session(store, hostile_once[1]["rosa"]).token)
        text = client.get("/queue").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&gt;&lt;img src=x onerror=alert(1)&gt;" in text
    assert "{{ 7777 * 7777 }}" in text


# Sessions, cookies and passwords

PASSWORD = "correct horse battery"  # noqa: S105 - of a test


@pytest.fixture
def paula(store: Store) -> User:
    return accounts.add_user(store, User(id="", login="paula", name="Paula", role=Role.REVIEWER), PASSWORD)


def sign_in(client: TestClient, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", data={"login": "paula", "password": password, **more})


def csrf(client: TestClient) -> str:
    return str(client.get("/me").text.partition('name="csrf" value="')[2].partition('"')[0])


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: FastAPI, paula: User, stranger: TestClient) -> None:
    plain = sign_in(stranger).headers["set-cookie"]
    for word in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert word in plain
    assert "Secure" not in plain
    with TestClient(app, base_url="https://qa.example", follow_redirects=False) as tls:
        assert "Secure" in sign_in(tls).headers["set-cookie"]


def test_too_many_tries_are_throttled_and_the_wait_ends(store: Store, paula: User, stranger: TestClient) -> None:
    for _ in range(accounts.FREE_TRIES):
        assert 401 == sign_in(stranger, "wrong").status_code
    assert [429, 429] == [sign_in(stranger, word).status_code for word in ("wrong", PASSWORD)]
    store.write(lambda session: session.execute(update(ThrottleRow).values(last_at=now() - timedelta(hours=1))))
    assert 303 == sign_in(stranger).status_code


def test_signing_out_ends_the_session_itself(paula: User, stranger: TestClient) -> None:
    sign_in(stranger)
    kept = stranger.cookies[COOKIE]
    stranger.post("/sign-out", data={"csrf": csrf(stranger)})
    stranger.cookies.set(COOKIE, kept)
    assert 303 == stranger.get("/me").status_code


@pytest.mark.parametrize(
    "change",
    [{"expires_at": timedelta(seconds=-1)}, {"seen_at": -accounts.IDLE}],
    ids=["too old", "unused for too long"],
)
def test_a_session_ends_by_itself(
    store: Store, paula: User, stranger: TestClient, change: dict[str, timedelta]
) -> None:
    sign_in(stranger)
    assert 200 == stranger.get("/me").status_code
    values = {name: now() + by for name, by in change.items()}
    store.write(lambda session: session.execute(update(WebSessionRow).values(**values)))
    assert 303 == stranger.get("/me").status_code


NEW = {"old": PASSWORD, "new": "another long password"}


def test_a_new_password_ends_all_sessions_and_gives_this_browser_a_new_one(
    app: FastAPI, paula: User, stranger: TestClient
) -> None:
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as other:
        sign_in(stranger)
        sign_in(other)
        before = other.cookies[COOKIE]
        answer = other.post("/me/password", data={"csrf": csrf(other), "to": "/me?said=password", **NEW})
        assert (303, "/me?said=password") == (answer.status_code, answer.headers["location"])
        assert "all other sessions of yours have ended" in other.get("/me?said=password").text
        assert 303 == stranger.get("/me").status_code
        stranger.cookies.set(COOKIE, before)  # as if it had been stolen
        assert 303 == stranger.get("/me").status_code
    assert 401 == sign_in(stranger).status_code
    assert 303 == sign_in(stranger, NEW["new"]).status_code


def test_who_was_given_a_password_chooses_an_own_one_and_goes_on(
    store: Store, paula: User, stranger: TestClient
) -> None:
    accounts.give_password(store, paula.id, PASSWORD, None)
    sign_in(stranger)
    there = stranger.get("/queue?kind=risk").headers["location"]
    page = stranger.get(there).text
    assert "Somebody else chose your present password" in page
    assert 200 == stranger.get("/static/app.css").status_code
    word = page.partition('name="csrf" value="')[2].partition('"')[0]
    for new, fault in ((PASSWORD, "must differ from the present one"), ("short", "10 characters or more")):
        answer = stranger.post("/me/password", data={"csrf": word, "old": PASSWORD, "new": new})
        assert (422, True) == (answer.status_code, fault in answer.text)
    answer = stranger.post("/me/password", data={"csrf": word, **NEW, "old": "not the present one"})
    assert (422, True) == (answer.status_code, "The present password is wrong." in answer.text)
    assert 303 == stranger.get("/queue").status_code
    answer = stranger.post("/me/password", data={"csrf": word, "to": "/queue?kind=risk", **NEW})
    assert (303, "/queue?kind=risk") == (answer.status_code, answer.headers["location"])
    assert 200 == stranger.get("/queue?kind=risk").status_code


def test_who_was_given_a_password_can_sign_out_instead(store: Store, paula: User, stranger: TestClient) -> None:
    accounts.give_password(store, paula.id, PASSWORD, None)
    sign_in(stranger)
    word = stranger.get("/me/password").text.partition('name="csrf" value="')[2].partition('"')[0]
    assert "/sign-in" == stranger.post("/sign-out", data={"csrf": word}).headers["location"]
    assert "/sign-in?to=%2Fqueue" == stranger.get("/queue").headers["location"]


def test_a_closed_account_is_out_at_once(store: Store, paula: User, stranger: TestClient) -> None:
    sign_in(stranger)
    users.change(store, replace(paula, active=False), None)
    assert 303 == stranger.get("/me").status_code
    assert 401 == sign_in(stranger).status_code


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:alert(1)",
     "/\n/evil.example", " //evil.example", "///evil.example", "evil.example", "/%0d%0aX-Evil: 1\r\nX-Evil: 1"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(paula: User, stranger: TestClient, to: str) -> None:
    answer = sign_in(stranger, to=to)
    assert (303, "/") == (answer.status_code, answer.headers["location"])
    assert "X-Evil" not in answer.headers
    assert "evil" not in stranger.get("/sign-in", params={"to": to}).text.lower()


def test_a_session_token_in_the_database_opens_nothing(store: Store, paula: User, stranger: TestClient) -> None:
    sign_in(stranger)
    with store.read() as session:
        stored = session.query(WebSessionRow.token).first()
    assert stored is not None
    stranger.cookies.clear()
    stranger.cookies.set(COOKIE, stored[0])
    assert 303 == stranger.get("/me").status_code
