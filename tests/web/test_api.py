from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa_pipeline import accounts
from qa_pipeline.domain import User
from qa_pipeline.store.desk import claims
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit, users
from qa_pipeline.testing.dummies import a_scored_call
from qa_pipeline.testing.stored import keep
from qa_pipeline.web.api.gate import Meter

Token = Callable[[str], TestClient]


@pytest.fixture
def program(app: FastAPI, store: Store, people: dict[str, User]) -> Iterator[Token]:
    """A program that holds a token of somebody, by login."""
    opened: list[TestClient] = []

    def made(login: str) -> TestClient:
        token = accounts.make_token(store, people[login], "a test", days=None)
        client = TestClient(app, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {token}"})
        opened.append(client)
        return client

    yield made
    for one in opened:
        one.close()


def all_of(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    sent: dict[str, Any]
    cursor: str | None = None
    while True:
        sent = {**query, **({"cursor": cursor} if cursor else {})}
        answer = client.get("/api/v1/calls", params=sent).json()
        found += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            return found


def test_without_a_token_nothing_is_told(app: FastAPI) -> None:
    answer = TestClient(app).get("/api/v1/calls")
    assert (401, 'Bearer realm="qa"') == (answer.status_code, answer.headers["WWW-Authenticate"])
    assert "application/problem+json" == answer.headers["Content-Type"]
    assert {"type": "about:blank", "title": "Unauthorized", "status": 401, "code": "token"} == {
        name: value for name, value in answer.json().items() if name != "detail"
    }


def test_a_session_of_the_page_is_no_token(as_: Callable[[str], Any]) -> None:
    assert 401 == as_("ada").get("/api/v1/calls").status_code


def test_a_revoked_or_expired_token_no_longer_opens(app: FastAPI, store: Store, people: dict[str, User]) -> None:
    token = accounts.make_token(store, people["rosa"], "short", days=1)
    client = TestClient(app, headers={"Authorization": f"Bearer {token}"})
    assert 200 == client.get("/api/v1/calls").status_code
    users.revoke_token(store, accounts.key_of(token), people["ada"])
    answer = client.get("/api/v1/calls")
    assert (401, 'Bearer realm="qa", error="invalid_token"') == (
        answer.status_code,
        answer.headers["WWW-Authenticate"],
    )
    users.add_token(
        store,
        people["rosa"],
        key=accounts.key_of("qa_old"),
        name="old",
        expires_at=datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1),
    )
    assert 401 == client.get("/api/v1/calls", headers={"Authorization": "Bearer qa_old"}).status_code


def test_pages_of_calls_hold_every_call_once_in_one_order(program: Token) -> None:
    rosa = program("rosa")
    whole = [one["id"] for one in all_of(rosa, limit=200)]
    assert sorted(whole) == whole
    assert 54 == len(whole)
    assert whole == [one["id"] for one in all_of(rosa, limit=7)]


def test_each_role_sees_the_calls_of_its_scope(program: Token) -> None:
    assert {"North"} == {one["team"] for one in all_of(program("tom"))}
    assert {"A101"} == {one["agent_id"] for one in all_of(program("hannah"))}
    assert [] == all_of(program("tom"), team="华东组")
    for path in ("call", "findings", "scores", "transcript", "reviews"):
        answer = program("hannah").get(f"/api/v1/{path}", params={"id": "A102-000"})
        assert (404, "unknown_call") == (answer.status_code, answer.json()["code"])


def test_calls_are_narrowed_by_day_team_agent_and_state(program: Token) -> None:
    rosa = program("rosa")
    whole = all_of(rosa)
    cases: tuple[tuple[dict[str, str], Callable[[Any], bool]], ...] = (
        ({"team": "North"}, lambda one: one["team"] == "North"),
        ({"agent": "B201"}, lambda one: one["agent_id"] == "B201"),
        ({"state": "open"}, lambda one: one["standing"]["state"] == "open"),
        ({"since": "2026-10-10", "until": "2026-10-20"}, lambda one: "2026-10-10" <= one["started_at"] < "2026-10-20"),
    )
    for query, kept in cases:
        expected = [one["id"] for one in whole if kept(one)]
        assert expected
        assert expected == [one["id"] for one in all_of(rosa, **query)]


def test_whoever_asks_what_is_new_is_told_of_every_change(program: Token) -> None:
    rosa = program("rosa")
    call_id = all_of(rosa)[3]["id"]
    moment = datetime.now(UTC).isoformat()
    assert [] == all_of(rosa, changed_since=moment)
    decide(rosa, call_id, seen=0)
    assert [call_id] == [one["id"] for one in all_of(rosa, changed_since=moment)]
    earlier = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    changed = [one["changed_at"] for one in all_of(rosa, changed_since=earlier, limit=5)]
    assert (54, sorted(changed)) == (len(changed), changed)


@pytest.mark.parametrize("cursor", ["x", "bm8", "W10", "WyJhIiwxXQ", "WzEsbnVsbF0", "ÿ", "W1tdLG51bGxd"])
def test_a_made_up_cursor_is_refused(program: Token, cursor: str) -> None:
    answer = program("rosa").get("/api/v1/calls", params={"cursor": cursor})
    assert (422, "cursor") == (answer.status_code, answer.json()["code"])


def test_a_cursor_of_the_other_order_is_refused(program: Token) -> None:
    rosa = program("rosa")
    cursor = rosa.get("/api/v1/calls", params={"limit": 1}).json()["next"]
    answer = rosa.get("/api/v1/calls", params={"cursor": cursor, "changed_since": "2026-01-01T00:00:00Z"})
    assert (422, "cursor") == (answer.status_code, answer.json()["code"])


def test_what_cannot_be_read_is_named_without_being_repeated(program: Token) -> None:
    answer = program("rosa").get("/api/v1/calls", params={"limit": "<script>", "since": "yesterday"})
    assert (422, "invalid") == (answer.status_code, answer.json()["code"])
    assert ["query.since", "query.limit"] == [one["where"] for one in answer.json()["errors"]]
    assert "script" not in answer.text


def test_a_call_id_may_hold_any_character(program: Token, store: Store) -> None:
    strange = "../北/ a?b&c=#\x00"
    keep(store, a_scored_call(call_id=strange))
    rosa = program("rosa")
    for path in ("call", "findings", "scores", "transcript", "reviews"):
        assert 200 == rosa.get(f"/api/v1/{path}", params={"id": strange}).status_code
    assert strange in {one["id"] for one in all_of(rosa, limit=1)}


def test_findings_show_machine_and_standing_side_by_side(program: Token) -> None:
    rosa = program("rosa")
    decide(rosa, "A101-000", seen=0)
    pairs = rosa.get("/api/v1/findings", params={"id": "A101-000"}).json()["items"]
    first, others = pairs[0], pairs[1:]
    assert ("pass", "fail", True) == (first["machine"]["verdict"], first["stands"]["verdict"], first["by_person"])
    assert first["machine"]["evidence"][0]["quote"].startswith("Thank you for calling")
    assert {False} == {one["by_person"] for one in others}
    scores = rosa.get("/api/v1/scores", params={"id": "A101-000"}).json()
    assert scores["stands"]["percent"] < scores["machine"]["percent"]


def test_the_transcript_tells_who_said_what(program: Token) -> None:
    told = program("hannah").get("/api/v1/transcript", params={"id": "A101-000"}).json()
    assert ["agent", "customer"] == [one["party"] for one in told["turns"]]


def test_a_decision_made_on_what_is_no_longer_so_is_told_what_stands(program: Token) -> None:
    rosa, rene = program("rosa"), program("rene")
    assert 1 == decide(rosa, "A101-000", seen=0).json()["revision"]
    late = decide(rene, "A101-000", seen=0)
    assert (409, "stale", 1) == (late.status_code, late.json()["code"], late.json()["stands"]["revision"])
    assert 2 == decide(rene, "A101-000", seen=1).json()["revision"]


def test_decisions_say_who_but_not_to_agents(program: Token, people: dict[str, User]) -> None:
    rosa = program("rosa")
    decide(rosa, "A101-000", seen=0)
    for login, who in (("lena", people["rosa"].id), ("hannah", None)):
        told = program(login).get("/api/v1/reviews", params={"id": "A101-000"}).json()
        assert [(who, "fail", "Not said.")] == [
            (one["reviewer"], one["verdict"], one["reason"]) for one in told["items"]
        ]
        assert 1 == told["standing"]["revision"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"criterion": "nothing"}, 422, "unknown_criterion"),
        ({"reason": " "}, 422, "reason_missing"),
        ({"verdict": "maybe"}, 422, "invalid"),
        ({"seen": -1}, 422, "invalid"),
        ({"seen": 2**70}, 422, "invalid"),
        ({"more": 1}, 422, "invalid"),
    ],
)
def test_a_wrong_decision_is_refused_with_its_code(
    program: Token, change: dict[str, object], status: int, code: str
) -> None:
    answer = decide(program("rosa"), "A101-000", **change)
    assert (status, code) == (answer.status_code, answer.json()["code"])


def test_a_review_is_finished_when_nothing_is_open(program: Token) -> None:
    rosa = program("rosa")
    unsure = next(
        one for one in all_of(rosa) if any(r.startswith("unsure:") for r in one["standing"]["score"]["review_reasons"])
    )
    params = {"id": unsure["id"]}
    open_still = rosa.post("/api/v1/reviews/finish", params=params, json={"seen": 0})
    assert "undecided" == open_still.json()["code"]
    reasons = [r.partition(":") for r in unsure["standing"]["score"]["review_reasons"]]
    for seen, (_, _, criterion) in enumerate(reasons):
        answer = decide(rosa, unsure["id"], seen=seen, criterion=criterion, reason="Heard it.")
        assert 200 == answer.status_code
    done = rosa.post("/api/v1/reviews/finish", params=params, json={"seen": len(reasons)}).json()
    assert ("done", False) == (done["state"], done["score"]["needs_review"])


def test_a_call_that_somebody_has_is_not_decided_by_a_program_of_another(
    program: Token, store: Store, people: dict[str, User]
) -> None:
    claims.claim(store, people["lena"], "A101-000")
    late = decide(program("rosa"), "A101-000")
    assert (409, "claimed") == (late.status_code, late.json()["code"])
    finish = program("rosa").post("/api/v1/reviews/finish", params={"id": "A101-000"}, json={"seen": 0})
    assert (409, "claimed") == (finish.status_code, finish.json()["code"])
    assert 200 == decide(program("lena"), "A101-000").status_code


def test_a_finished_review_is_opened_again_with_a_reason(program: Token, store: Store, people: dict[str, User]) -> None:
    rosa, params = program("rosa"), {"id": "A101-000"}
    findings = rosa.get("/api/v1/findings", params=params).json()["items"]
    for seen, pair in enumerate(findings):
        said = {"criterion": pair["machine"]["criterion"], "verdict": pair["machine"]["verdict"]}
        assert 200 == decide(rosa, "A101-000", seen=seen, **said).status_code

    def reopen(login: str, reason: str = "Cut short.") -> Any:
        return program(login).post("/api/v1/reviews/reopen", params=params, json={"reason": reason})

    assert (409, "not_finished") == (reopen("rosa").status_code, reopen("rosa").json()["code"])
    rosa.post("/api/v1/reviews/finish", params=params, json={"seen": len(findings)})
    assert (403, "reopen_right") == (reopen("rene").status_code, reopen("rene").json()["code"])
    assert (422, "reason_missing") == (reopen("rosa", " ").status_code, reopen("rosa", " ").json()["code"])
    again = reopen("lena").json()
    assert ("open", True) == (again["state"], "reopened" in again["kinds"])
    for login, who, why in (("rosa", people["lena"].id, "Cut short."), ("hannah", None, None)):
        told = program(login).get("/api/v1/reviews", params=params).json()["reopened"]
        assert (who, why) == (told["by"], told["reason"])


def test_who_may_not_decide_is_told_so(program: Token) -> None:
    for login in ("tom", "hannah", "audrey"):
        answer = decide(program(login), "A101-000", seen=0)
        assert (403, "forbidden") == (answer.status_code, answer.json()["code"])


def test_agents_figures_come_with_n_and_interval(program: Token) -> None:
    lena = program("lena")
    told = lena.get("/api/v1/agents").json()
    assert ["A101", "A102", "A103", "B201", "B202"] == [one["agent_id"] for one in told["items"]]
    for one in told["items"]:
        (figure,) = one["figures"]
        own = [c["standing"]["score"]["percent"] for c in all_of(lena, agent=one["agent_id"])]
        assert (len(own), pytest.approx(sum(own) / len(own))) == (figure["n"], figure["mean"])
        assert figure["interval"]["low"] < figure["mean"] < figure["interval"]["high"]
        assert (one["figures"][0]["n"] >= told["min_calls"]) is one["comparable"]


@pytest.mark.parametrize("by", ["week", "month"])
def test_figures_by_period_add_up_to_the_whole(program: Token, by: str) -> None:
    tom = program("tom")
    whole = {one["agent_id"]: one["figures"][0]["n"] for one in tom.get("/api/v1/agents").json()["items"]}
    parted = tom.get("/api/v1/agents", params={"by": by}).json()["items"]
    assert whole == {one["agent_id"]: sum(part["n"] for part in one["figures"]) for one in parted}
    assert all(sorted(p["period"] for p in one["figures"]) == [p["period"] for p in one["figures"]] for one in parted)


def test_agents_do_not_see_the_figures_of_others(program: Token) -> None:
    assert 403 == program("hannah").get("/api/v1/agents").status_code


def test_what_was_taken_out_is_in_the_audit_log(program: Token, store: Store) -> None:
    program("audrey").get("/api/v1/transcript", params={"id": "A101-000"})
    (entry,) = audit.entries(store, user="audrey", action="exported")
    assert ("A101-000", {"through": "api", "what": "transcript"}) == (entry.subject, entry.detail)


def test_a_token_has_its_share_of_a_minute() -> None:
    meter = Meter(most=2)
    assert [0, 0, 40] == [meter.wait_s("a", 1000.0 - 1000 % 60 + 20) for _ in range(3)]
    assert 0 == meter.wait_s("b", 1000.0)
    assert 0 == meter.wait_s("a", 1100.0)


def test_too_many_requests_are_told_when_to_come_back(program: Token, app: FastAPI) -> None:
    api: Any = next(vars(one)["app"] for one in app.routes if getattr(one, "path", "") == "/api/v1")
    api.state.meter = Meter(most=1)
    rosa = program("rosa")
    rosa.get("/api/v1/calls")
    answer = rosa.get("/api/v1/calls")
    assert (429, "throttled") == (answer.status_code, answer.json()["code"])
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_fault_shows_nothing_of_how_it_came_about(program: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a customer's words")

    monkeypatch.setattr("qa_pipeline.store.listing.one", broken)
    answer = program("rosa").get("/api/v1/call", params={"id": "A101-000"})
    assert (500, "internal") == (answer.status_code, answer.json()["code"])
    assert "customer" not in answer.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/calls", 405)])
def test_other_addresses_and_methods_are_problems_too(program: Token, method: str, path: str, status: int) -> None:
    answer = program("rosa").request(method, f"/api/v1{path}")
    assert (status, "application/problem+json") == (answer.status_code, answer.headers["Content-Type"])


def test_the_schema_says_its_version_and_describes_everything(app: FastAPI) -> None:
    schema = TestClient(app).get("/api/v1/openapi.json").json()
    assert ("1.1.0", [{"url": "/api/v1"}]) == (schema["info"]["version"], schema["servers"])
    operations = [one for path in schema["paths"].values() for one in path.values()]
    assert 10 == len(operations)
    assert all(one["description"] and one["security"] for one in operations)


def decide(client: TestClient, call_id: str, **change: object) -> Any:
    word = {"criterion": "greeting", "verdict": "fail", "reason": "Not said.", "seen": 0} | change
    return client.post("/api/v1/reviews", params={"id": call_id}, json=word)


@pytest.mark.slow
def test_answers_hold_what_the_schema_says_whatever_is_sent(
    app: FastAPI, store: Store, people: dict[str, User]
) -> None:
    """schemathesis makes requests from the schema, valid and not, and holds the answers against it."""
    import schemathesis
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
    from schemathesis.checks import CHECKS

    token = accounts.make_token(store, people["ada"], "schemathesis", days=None)
    api: Any = next(vars(one)["app"] for one in app.routes if getattr(one, "path", "") == "/api/v1")
    api.state.meter = Meter(most=10**9)
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    wanted = (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    )
    checks: Any = [CHECKS.get_one(name) for name in wanted]
    seen: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation: Any = cast("Any", found).ok()

        @settings(
            max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy(), known=st.sampled_from(["A101-000", "B202-003", None]))
        def check(case: Any, known: str | None) -> None:
            if known and case.query and "id" in case.query:
                case.query["id"] = known
            case.query = case.query or {}
            case.query.setdefault("id", "A101-000")
            answer = case.call_and_validate(checks=checks, headers={"Authorization": f"Bearer {token}"})
            seen.setdefault(f"{case.method} {case.path}", set()).add(answer.status_code)

        check()
    assert 10 == len(seen)
    assert all(200 in statuses for operation, statuses in seen.items() if operation != "POST /reviews")
