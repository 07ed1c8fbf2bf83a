from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_pipeline import accounts
from qa_pipeline.domain import Right, Role, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.outgoing import outbox, webhooks
from qa_pipeline.store.people import audit, users
from qa_pipeline.web.pages import admin, audit_log, connections

As = Callable[[str], Any]
LOOKS = ("/admin", "/admin/teams", "/admin/audit", "/admin/tokens", "/admin/webhooks", "/admin/retention")
CHANGES = (
    "/admin/users",
    "/admin/user",
    "/admin/user/password",
    "/admin/user/sessions",
    "/admin/tokens",
    "/admin/tokens/revoke",
    "/admin/webhooks",
    "/admin/webhooks/change",
    "/admin/retention/sweep",
)
HOSTILE = "<script>alert(1)</script>"


def secret_in(page: str) -> str:
    found = re.search(r'id="secret"[^>]*>([^<]+)<', page)
    assert found, page
    return found[1]


@pytest.mark.parametrize("path", LOOKS)
@pytest.mark.parametrize("login", ["ada", "lena", "rosa", "tom", "hannah", "audrey"])
def test_who_may_look_at_administration(as_: As, people: dict[str, User], login: str, path: str) -> None:
    expected = 200 if people[login].may(Right.SEE_AUDIT) else 403
    assert expected == as_(login).get(path).status_code


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("login", ["lena", "rosa", "tom", "hannah", "audrey"])
def test_only_an_administrator_changes(as_: As, login: str, path: str) -> None:
    assert 403 == as_(login).submit(path, id="1", login="new", role="admin").status_code


def test_every_change_of_administration_is_in_the_table() -> None:
    routes: list[Any] = [*admin.router.routes, *audit_log.router.routes, *connections.router.routes]
    assert set(CHANGES) == {route.path for route in routes if "POST" in route.methods}


def test_a_new_account_can_sign_in_with_the_password_shown_once(as_: As, store: Store, stranger: TestClient) -> None:
    ada = as_("ada")
    page = ada.submit("/admin/users", login=" Nina ", name=HOSTILE, role="reviewer")
    password = secret_in(page.text)
    assert HOSTILE not in page.text
    assert 303 == stranger.post("/sign-in", data={"login": "nina", "password": password}).status_code
    assert "/me/password" == stranger.get("/").headers["location"]
    (added,) = audit.entries(store, action="user.added", user="ada")
    assert "nina" == added.subject
    assert password not in str([one.detail for one in audit.entries(store)])
    assert HOSTILE not in ada.get("/admin").text


def test_an_account_for_single_sign_on_has_no_password(as_: As, store: Store, stranger: TestClient) -> None:
    answer = as_("ada").submit("/admin/users", login="nina", role="reviewer", sso="1")
    assert 303 == answer.status_code
    linked = users.link_subject(store, "nina", "provider|7")
    assert ("nina", False) == (linked and linked.login, linked and linked.must_change)
    assert 303 != stranger.post("/sign-in", data={"login": "nina", "password": ""}).status_code


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"login": "", "role": "reviewer"}, "An account needs a login"),
        ({"login": "ROSA", "role": "reviewer"}, "This login is taken"),
        ({"login": "x", "role": "king"}, "There is no such role"),
        ({"login": "x", "role": "team_lead"}, "A team lead needs a team"),
        ({"login": "x", "role": "agent"}, "An agent needs an agent number"),
    ],
)
def test_an_account_that_cannot_be_is_refused(as_: As, form: dict[str, str], fault: str) -> None:
    answer = as_("ada").submit("/admin/users", **form)
    assert 422 == answer.status_code
    assert fault in answer.text


def test_an_account_is_changed_and_closed(as_: As, store: Store, people: dict[str, User]) -> None:
    ada, rosa = as_("ada"), as_("rosa")
    person = people["rosa"].id
    answer = ada.submit("/admin/user", id=person, name="Rosa R.", role="qa_lead", active="1")
    assert "Changed." in ada.get(answer.headers["location"]).text
    assert 200 == rosa.get("/admin").status_code
    ada.submit("/admin/user", id=person, name="Rosa R.", role="qa_lead")
    assert 303 == rosa.get("/queue").status_code
    found = users.by_login(store, "rosa")
    assert found is not None
    assert (Role.QA_LEAD, False) == (found[0].role, found[0].active)


def test_the_last_administrator_stays(as_: As, people: dict[str, User]) -> None:
    for form in ({"role": "reviewer", "active": "1"}, {"role": "admin"}):
        answer = as_("ada").submit("/admin/user", id=people["ada"].id, name="Ada", **form)
        assert 422 == answer.status_code
        assert "Somebody must be able to administer" in answer.text


def test_a_reset_password_works_and_ends_sessions(as_: As, people: dict[str, User], stranger: TestClient) -> None:
    rosa = as_("rosa")
    password = secret_in(as_("ada").submit("/admin/user/password", id=people["rosa"].id).text)
    assert 303 == rosa.get("/queue").status_code
    assert 303 == stranger.post("/sign-in", data={"login": "rosa", "password": password}).status_code
    assert "/me/password" == stranger.get("/").headers["location"]


def test_the_accounts_say_who_has_not_yet_chosen_a_password(as_: As, store: Store, people: dict[str, User]) -> None:
    ada, rosa, said = as_("ada"), people["rosa"], "has not yet chosen a password"
    pages = ("/admin", f"/admin/user?id={rosa.id}")
    assert [0, 0] == [ada.get(path).text.count(said) for path in pages]
    ada.submit("/admin/user/password", id=rosa.id)
    assert [1, 1] == [ada.get(path).text.count(said) for path in pages]
    ada.submit("/admin/user", id=rosa.id, name="Rosa R.", role="reviewer", active="1")
    assert 1 == ada.get("/admin").text.count(said)
    users.set_password(store, rosa.id, "a hash", rosa)
    assert 0 == ada.get("/admin").text.count(said)


def test_sessions_are_ended(as_: As, store: Store, people: dict[str, User]) -> None:
    rosa, ada = as_("rosa"), as_("ada")
    answer = ada.submit("/admin/user/sessions", id=people["rosa"].id)
    assert "Signed out everywhere." in ada.get(answer.headers["location"]).text
    assert "/sign-in" in rosa.get("/queue").headers["location"]
    assert 1 == audit.entries(store, action="user.signed_out")[0].detail["sessions"]


def test_an_account_that_is_not_there_is_not_found(as_: As) -> None:
    assert 404 == as_("ada").get("/admin/user?id=nobody").status_code
    assert 404 == as_("ada").submit("/admin/user/password", id="nobody").status_code


def test_accounts_are_found_by_word_and_role(as_: As) -> None:
    page = as_("audrey").get("/admin?asked=north&role=team_lead").text
    assert "Tom Team" in page
    assert "Rosa Reviewer" not in page


def test_teams_show_their_leads_and_who_has_no_account(as_: As) -> None:
    page = as_("audrey").get("/admin/teams").text
    assert "Tom Team" in page
    assert "nobody leads it" in page  # 华东组
    assert "3 of 5 agents" in page


def test_the_audit_log_is_narrowed_and_paged(as_: As, store: Store, people: dict[str, User]) -> None:
    for number in range(120):
        audit.record(store, people["rosa"], "played", "call", f"C/{number}")
    lena = as_("lena")
    page = lena.get("/admin/audit?who=rosa&action=played").text
    assert 100 == page.count("/call?id=C%2F")
    assert "C/119" in page
    older = re.search(r'href="(/admin/audit\?[^"]*before=\d+)"', page)
    assert older
    assert 20 == lena.get(older[1].replace("&amp;", "&")).text.count("/call?id=C%2F")
    assert 1 == lena.get("/admin/audit?subject=C/7").text.count("/call?id=C%2F")
    assert "No entry is like that." in lena.get("/admin/audit?until=2020-01-01").text
    assert "No entry is like that." in lena.get("/admin/audit?since=2999-01-01").text
    assert 200 == lena.get("/admin/audit?since=yesterday&until=9999-12-31").status_code


def test_the_audit_log_is_exported_and_says_so(as_: As, store: Store, people: dict[str, User]) -> None:
    audit.record(store, people["rosa"], "played", "call", "=1+1")
    answer = as_("audrey").get("/admin/audit.csv?who=rosa")
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert ("rosa", "played", "'=1+1") == (row["login"], row["action"], row["subject"])
    (entry,) = audit.entries(store, action="exported")
    assert {"by_who": "rosa"} == entry.detail


def test_who_may_not_export_gets_no_table(as_: As) -> None:
    assert 403 == as_("rosa").get("/admin/audit.csv").status_code


def test_a_token_is_shown_once_and_can_be_revoked(as_: As, store: Store, people: dict[str, User]) -> None:
    ada = as_("ada")
    token = secret_in(ada.submit("/admin/tokens", name="CRM", owner=people["audrey"].id, days="30").text)
    holder = accounts.token_user(store, token)
    assert holder is not None
    assert "audrey" == holder.login
    page = ada.get("/admin/tokens").text
    assert token not in page
    (key,) = (one.key for one in users.tokens(store))
    ada.submit("/admin/tokens/revoke", key=key)
    assert accounts.token_user(store, token) is None
    made, revoked = audit.entries(store, action="token.made")[0], audit.entries(store, action="token.revoked")[0]
    assert ("ada", "audrey", "ada") == (made.login, made.detail["owner"], revoked.login)


def test_a_webhook_is_added_told_and_switched_off(as_: As, store: Store) -> None:
    ada = as_("ada")
    page = ada.post(
        "/admin/webhooks",
        data={"csrf": ada.csrf, "url": "https://crm.example/hook", "events": ["score.changed", "appeal.opened"]},
    )
    secret = secret_in(page.text)
    store.write(lambda session: outbox.put(session, "score.changed", call_id="C-1"))
    shown = ada.get("/admin/webhooks").text
    assert "https://crm.example/hook" in shown
    assert "to be sent" in shown
    assert secret not in shown
    (hook,) = webhooks.every(store)
    ada.submit("/admin/webhooks/change", id=hook.id, events="review.finished")
    (hook,) = webhooks.every(store)
    assert (False, ("review.finished",), 1) == (hook.active, hook.events, hook.waiting)


@pytest.mark.parametrize(
    "url", ["", "ftp://a/b", "javascript:alert(1)", "https://u:p@host/", "https://", "http://a b/"]
)
def test_an_address_that_cannot_be_told_is_refused(as_: As, url: str) -> None:
    answer = as_("ada").submit("/admin/webhooks", url=url, events="score.changed")
    assert 422 == answer.status_code
    assert "http or https address" in answer.text


def test_a_webhook_of_no_known_event_is_refused(as_: As) -> None:
    assert 422 == as_("ada").submit("/admin/webhooks", url="https://a/", events="other").status_code
    assert 422 == as_("ada").submit("/admin/webhooks", url="https://a/").status_code


def test_retention_is_shown_and_enforced_now(as_: As) -> None:
    ada = as_("ada")
    page = ada.get("/admin/retention").text
    assert "730 days" in page
    assert "setting audit_days" in page
    answer = ada.submit("/admin/retention/sweep")
    assert "Removed what was due." in ada.get(answer.headers["location"]).text


def test_administration_speaks_chinese(as_: As, store: Store, people: dict[str, User]) -> None:
    as_("ada").submit("/admin/user", id=people["rene"].id, name="René", role="qa_lead", active="1")
    rene = as_("rene")
    for path, words in zip(LOOKS, ("账号", "班组长", "审计日志", "接口令牌", "事件推送", "数据保留"), strict=True):
        assert words in rene.get(path).text
