from __future__ import annotations

import base64
import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey, RSAKey

from qa_pipeline.domain import User
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.settings import Settings, load_settings
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.web import oidc
from qa_pipeline.web.app import create_app
from qa_pipeline.web.desk import COOKIE
from qa_pipeline.web.oidc import Began

_SPEC = importlib.util.spec_from_file_location("oidc_provider", Path(__file__).with_name("oidc_provider.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
oidc_provider = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(oidc_provider)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with oidc_provider.provider() as running:
        yield running


@pytest.fixture
def settings(provider: Any) -> Settings:
    return load_settings(
        oidc_issuer=provider.issuer, oidc_client_id=oidc_provider.CLIENT, oidc_client_secret=oidc_provider.SECRET
    )


@pytest.fixture
def visitor(store: Store, settings: Settings) -> Iterator[TestClient]:
    with TestClient(
        create_app(store, settings, Scorecards(())), base_url="http://127.0.0.1", follow_redirects=False
    ) as made:
        yield made


def there(visitor: TestClient, to: str = "") -> str:
    """To the provider."""
    answer = visitor.get("/sign-in/sso", params={"to": to})
    assert 303 == answer.status_code, answer.text
    return str(answer.headers["location"])


def come_back(visitor: TestClient, provider: Any, to: str = "") -> Any:
    return visitor.get(provider.authorize(there(visitor, to)))


def is_signed_in(visitor: TestClient) -> bool:
    return visitor.get("/me").status_code == 200


def test_who_the_provider_knows_is_signed_in(
    visitor: TestClient, provider: Any, store: Store, people: dict[str, User]
) -> None:
    answer = come_back(visitor, provider, to="/queue?team=North")
    assert (303, "/queue?team=North") == (answer.status_code, answer.headers["location"])
    assert "Rosa Reviewer" in visitor.get("/me").text
    known = users.by_subject(store, f"{provider.issuer}|u-1")
    assert known is not None
    assert people["rosa"].id == known.id
    assert ["user.linked"] == [one.action for one in audit.entries(store, action="user.linked")]


def test_the_second_time_the_subject_counts_and_no_longer_the_name(visitor: TestClient, provider: Any) -> None:
    come_back(visitor, provider)
    provider.person = {"sub": "u-1", "preferred_username": "ada"}
    visitor.cookies.clear()
    come_back(visitor, provider)
    assert "Rosa Reviewer" in visitor.get("/me").text


def test_the_code_is_asked_for_with_pkce_and_a_fresh_state_and_nonce(visitor: TestClient, provider: Any) -> None:
    first, second = (parse_qs(urlsplit(there(visitor)).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name][0]) >= 32
    assert ["http://127.0.0.1/sign-in/sso/back"] == first["redirect_uri"]


def test_the_cookie_on_the_way_is_out_of_reach_of_scripts(
    visitor: TestClient, store: Store, settings: Settings
) -> None:
    kept = visitor.get("/sign-in/sso").headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert "Path=/sign-in/sso" in kept
    assert "Max-Age=600" in kept
    assert "Secure" not in kept
    with TestClient(create_app(store, settings, Scorecards(())), base_url="https://qa.example") as tls:
        assert "Secure" in tls.get("/sign-in/sso", follow_redirects=False).headers["set-cookie"]


@pytest.mark.parametrize(
    "verified", [{"preferred_username": "someone"}, {"preferred_username": "rosa2", "email_verified": False}]
)
def test_an_email_counts_only_when_it_is_verified(
    visitor: TestClient, provider: Any, store: Store, people: dict[str, User], verified: dict[str, Any]
) -> None:
    users.change(store, replace(people["rosa"], login="rosa@qa.example"), None)
    provider.person = {"sub": "u-1", "email": "Rosa@QA.example", **verified}
    refused = come_back(visitor, provider)
    assert (403, False) == (refused.status_code, is_signed_in(visitor))
    provider.person["email_verified"] = True
    assert 303 == come_back(visitor, provider).status_code
    assert is_signed_in(visitor)


def test_a_stranger_is_refused_and_no_account_is_made(visitor: TestClient, provider: Any, store: Store) -> None:
    provider.person = {"sub": "u-9", "preferred_username": "nobody"}
    before = users.everybody(store)
    answer = come_back(visitor, provider)
    assert 403 == answer.status_code
    assert "have no account here" in answer.text
    assert before == users.everybody(store)
    (entry,) = audit.entries(store, action="sign_in_failed")
    assert f"{provider.issuer}|u-9" == entry.subject


def test_an_account_with_a_password_is_not_taken_over_by_a_name(
    visitor: TestClient, provider: Any, store: Store, people: dict[str, User]
) -> None:
    users.set_password(store, people["rosa"].id, "a hash", None)
    assert 403 == come_back(visitor, provider).status_code


def test_an_account_that_is_linked_or_closed_is_not_taken_over(
    visitor: TestClient, provider: Any, store: Store, people: dict[str, User]
) -> None:
    users.change(store, replace(people["rosa"], subject="elsewhere|7"), None)
    assert 403 == come_back(visitor, provider).status_code
    users.change(store, replace(people["rosa"], active=False), None)
    assert 403 == come_back(visitor, provider).status_code


def test_who_is_closed_cannot_come_back_under_another_name(
    visitor: TestClient, provider: Any, store: Store, people: dict[str, User]
) -> None:
    users.change(store, replace(people["rosa"], subject=f"{provider.issuer}|u-1", active=False), None)
    provider.person["preferred_username"] = "rene"
    assert 403 == come_back(visitor, provider).status_code


@pytest.mark.parametrize("state", ["", "made-up"])
def test_a_wrong_state_signs_nobody_in(visitor: TestClient, provider: Any, state: str) -> None:
    back = urlsplit(provider.authorize(there(visitor)))
    query = {name: value[0] for name, value in parse_qs(back.query).items()} | {"state": state}
    answer = visitor.get(back.path, params=query)
    assert (400, False) == (answer.status_code, is_signed_in(visitor))
    assert [] == provider.asked


def test_what_was_begun_in_another_browser_does_not_count(
    visitor: TestClient, provider: Any, store: Store, settings: Settings
) -> None:
    back = provider.authorize(there(visitor))
    with TestClient(create_app(store, settings, Scorecards(())), base_url="http://127.0.0.1") as other:
        assert 400 == other.get(back).status_code


def test_a_code_counts_once(visitor: TestClient, provider: Any) -> None:
    back = provider.authorize(there(visitor))
    kept = visitor.cookies.get("qa_sso", path="/sign-in/sso")
    assert 303 == visitor.get(back).status_code
    visitor.cookies.clear()
    assert 400 == visitor.get(back).status_code
    visitor.cookies.set("qa_sso", str(kept), path="/sign-in/sso")
    assert 502 == visitor.get(back).status_code
    assert not is_signed_in(visitor)


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": ["call-quality", "another"]},
        {"azp": "another"},
        {"nbf": 4_000_000_000},
        {"iat": None},
        {"sub": None},
        {"sub": 7},
        {"sub": ""},
    ],
)
def test_an_id_token_that_is_wrong_in_one_claim_signs_nobody_in(
    visitor: TestClient, provider: Any, change: dict[str, Any]
) -> None:
    provider.change = change
    answer = come_back(visitor, provider)
    assert (400, False) == (answer.status_code, is_signed_in(visitor))
    assert "could not be verified" in answer.text


def test_an_id_token_for_several_that_names_us_as_its_party_holds(visitor: TestClient, provider: Any) -> None:
    provider.change = {"aud": ["call-quality", "another"], "azp": "call-quality"}
    assert 303 == come_back(visitor, provider).status_code


def test_an_id_token_signed_by_another_key_or_by_none_signs_nobody_in(visitor: TestClient, provider: Any) -> None:
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": "call-quality", "iat": now, "exp": now + 300, "sub": "u-1"}
    provider.signs_with = RSAKey.generate_key(2048)
    assert 400 == come_back(visitor, provider).status_code
    provider.signs_with, provider.header = OctKey.import_key(oidc_provider.SECRET * 2), {"alg": "HS256"}
    assert 400 == come_back(visitor, provider).status_code
    for token in ("", "a.b.c", unsigned(claims)):
        provider.token = token or " "
        assert 400 == come_back(visitor, provider).status_code
    assert not is_signed_in(visitor)


def unsigned(claims: dict[str, Any]) -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in ({"alg": "none"}, claims)
    )
    return f"{'.'.join(parts)}."


def test_a_refusal_of_the_provider_is_told(visitor: TestClient, provider: Any) -> None:
    state = parse_qs(urlsplit(there(visitor)).query)["state"][0]
    answer = visitor.get("/sign-in/sso/back", params={"state": state, "error": "access_denied"})
    assert (400, True) == (answer.status_code, "did not let you in" in answer.text)


def test_an_answer_of_another_provider_is_refused(visitor: TestClient, provider: Any) -> None:
    back = provider.authorize(there(visitor)).partition("&iss=")[0]
    assert 400 == visitor.get(f"{back}&iss=https%3A%2F%2Felsewhere.example").status_code


@pytest.mark.parametrize("metadata", [{"issuer": "https://elsewhere.example"}, {"token_endpoint": ""}])
def test_a_provider_that_describes_itself_otherwise_is_not_trusted(
    visitor: TestClient, provider: Any, metadata: dict[str, str]
) -> None:
    provider.metadata = metadata
    assert 502 == visitor.get("/sign-in/sso").status_code


def test_a_provider_that_is_away_is_a_clear_page(store: Store) -> None:
    settings = load_settings(oidc_issuer="http://127.0.0.1:1", oidc_client_id="x")
    with TestClient(create_app(store, settings, Scorecards(())), base_url="http://127.0.0.1") as visitor:
        answer = visitor.get("/sign-in/sso", headers={"Accept-Language": "zh-CN"})
    assert (502, True) == (answer.status_code, "单点登录服务未正常响应" in answer.text)


def test_without_the_extra_the_page_says_what_is_missing(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "authlib.integrations.httpx_client", None)
    answer = visitor.get("/sign-in/sso")
    assert (503, True) == (answer.status_code, "qa-pipeline[oidc]" in answer.text)


def test_where_no_provider_is_set_up_there_is_no_such_way(stranger: TestClient) -> None:
    assert [404, 404] == [stranger.get(path).status_code for path in ("/sign-in/sso", "/sign-in/sso/back")]
    assert "/sign-in/sso" not in stranger.get("/sign-in").text


@pytest.mark.parametrize("to", ["//elsewhere", "https://elsewhere", "/\\elsewhere", "/\t/elsewhere", "javascript:x"])
def test_nobody_is_sent_elsewhere_afterwards(visitor: TestClient, provider: Any, to: str) -> None:
    assert "/" == come_back(visitor, provider, to=to).headers["location"]


def test_signing_out_stays_here(visitor: TestClient, provider: Any, store: Store) -> None:
    come_back(visitor, provider)
    session = visitor.get("/me").text
    csrf = session.partition('name="csrf" value="')[2].partition('"')[0]
    answer = visitor.post("/sign-out", data={"csrf": csrf})
    assert "/sign-in" == answer.headers["location"]
    assert visitor.cookies.get(COOKIE) is None
    assert not is_signed_in(visitor)


def test_what_the_browser_keeps_is_ours_alone_and_runs_out(settings: Settings) -> None:
    began = Began(state="s", nonce="n", verifier="v", to="/", until=int(time.time()) + 60)
    kept = oidc.sealed(settings, began)
    assert began == oidc.opened(settings, kept)
    assert oidc.opened(settings, "x" + kept) is None
    assert oidc.opened(settings, kept[:-1] + ("0" if kept[-1] != "0" else "1")) is None
    assert oidc.opened(settings, "") is None
    assert oidc.opened(settings, "é.é") is None
    assert oidc.opened(load_settings(oidc_client_secret="x" * 9), kept) is None
    assert oidc.opened(settings, oidc.sealed(settings, replace(began, until=1))) is None
    public = load_settings()
    assert began == oidc.opened(public, oidc.sealed(public, began))


def test_the_client_proves_itself_with_its_verifier(visitor: TestClient, provider: Any) -> None:
    come_back(visitor, provider)
    (asked,) = provider.asked
    assert ("authorization_code", True) == (asked["grant_type"], len(asked["code_verifier"]) >= 43)
