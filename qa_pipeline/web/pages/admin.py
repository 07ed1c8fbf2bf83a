"""Accounts, teams and what is kept how long. Auditors and QA leads look; administrators change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline import accounts
from qa_pipeline.domain import Right, Role, StoreError, User
from qa_pipeline.settings import Settings
from qa_pipeline.store import retention
from qa_pipeline.store.people import teams, users
from qa_pipeline.store.people.teams import Team
from qa_pipeline.store.retention import Kept
from qa_pipeline.web import upkeep
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.render import link, render
from qa_pipeline.web.upkeep import Copies

router = APIRouter()

LONGEST = 200
SAID = frozenset({"changed", "signed_out", "swept"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """All accounts that match; `sessions` by account, `sso`: there is single sign-on; the rest is for the form."""

    people: tuple[User, ...]
    all: int
    asked: str
    role: str
    sessions: dict[str, int]
    sso: bool
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    agents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One account; `said` is the key of what was just done."""

    person: User
    sessions: int
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    agents: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPage:
    """Something that is shown this once: a password, a token, a webhook's secret (`kind`), and what it belongs to."""

    kind: str
    secret: str
    whose: str
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team with the accounts that lead it; None calls: no recording names it."""

    team: Team | None
    name: str
    leads: tuple[User, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsPage:
    """Teams, and agents of the recordings without an account of their own."""

    teams: tuple[TeamLine, ...]
    agents: int
    without: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPage:
    """What is there of each kind, and the settings that say how long."""

    swept: tuple[Kept, ...]
    stays: tuple[Kept, ...]
    copies: Copies
    settings: Settings
    delivery_days: int
    said: str


@router.get("/admin")
def people(visit: Annotated[Visit, looks(Right.SEE_AUDIT)], asked: str = "", role: str = "") -> HTMLResponse:
    """All accounts."""
    everybody = users.everybody(visit.store)
    words = asked.strip().casefold()
    page = PeoplePage(
        people=tuple(
            one
            for one in everybody
            if role in ("", one.role) and any(words in said.casefold() for said in (one.login, one.name, one.team))
        ),
        all=len(everybody),
        asked=asked,
        role=role,
        sessions=users.open_sessions(visit.store),
        sso=bool(visit.desk.settings.oidc_issuer),
        **_choices(visit),
    )
    return render(visit, "admin.html", page)


@router.post("/admin/users")
def add(  # noqa: PLR0917 - as many fields as an account has
    visit: Annotated[Visit, changes(Right.ADMINISTER)],
    login: Annotated[str, Form(max_length=LONGEST)] = "",
    name: Annotated[str, Form(max_length=LONGEST)] = "",
    role: Annotated[str, Form()] = "",
    team: Annotated[str, Form(max_length=LONGEST)] = "",
    agent_id: Annotated[str, Form(max_length=LONGEST)] = "",
    language: Annotated[str, Form()] = "en",
    sso: Annotated[str, Form()] = "",
) -> Response:
    """Makes an account and shows its first password, this once; with `sso` it has none."""
    zone = visit.user.timezone if visit.user.timezone in available_timezones() else "UTC"
    person = User(
        id="",
        login=login.strip(),
        name=name.strip() or login.strip(),
        role=_role(role),
        team=team.strip(),
        agent_id=agent_id.strip(),
        language=language if language in ("en", "zh") else "en",
        timezone=zone,
        must_change=not sso,
    )
    _refuse_blind(person)
    if sso:
        made = accounts.add_user(visit.store, person, None, visit.user)
        return RedirectResponse(link("/admin/user", id=made.id), status_code=303)
    password = accounts.first_password()
    made = accounts.add_user(visit.store, person, password, visit.user)
    page = SecretPage(kind="password", secret=password, whose=made.login, back=link("/admin/user", id=made.id))
    return render(visit, "secret.html", page)


@router.get("/admin/user")
def person(
    visit: Annotated[Visit, looks(Right.SEE_AUDIT)],
    id: str = "",  # noqa: A002 - the name in the address
    said: str = "",
) -> HTMLResponse:
    """One account."""
    found = _person(visit, id)
    page = PersonPage(
        person=found,
        sessions=users.open_sessions(visit.store).get(found.id, 0),
        said=f"admin_{said}" if said in SAID else "",
        **_choices(visit),
    )
    return render(visit, "admin_person.html", page)


@router.post("/admin/user")
def change(  # noqa: PLR0917 - as many fields as an account has
    visit: Annotated[Visit, changes(Right.ADMINISTER)],
    id: Annotated[str, Form()] = "",  # noqa: A002 - the name in the form
    name: Annotated[str, Form(max_length=LONGEST)] = "",
    role: Annotated[str, Form()] = "",
    team: Annotated[str, Form(max_length=LONGEST)] = "",
    agent_id: Annotated[str, Form(max_length=LONGEST)] = "",
    active: Annotated[str, Form()] = "",
) -> Response:
    """Changes an account."""
    found = _person(visit, id)
    changed = replace(
        found,
        name=name.strip() or found.name,
        role=_role(role),
        team=team.strip(),
        agent_id=agent_id.strip(),
        active=bool(active),
    )
    _refuse_blind(changed)
    users.change(visit.store, changed, visit.user)
    return RedirectResponse(link("/admin/user", id=found.id, said="changed"), status_code=303)


@router.post("/admin/user/password")
def reset(visit: Annotated[Visit, changes(Right.ADMINISTER)], id: Annotated[str, Form()] = "") -> HTMLResponse:  # noqa: A002 - the name in the form
    """Gives an account a new first password, shown this once; its sessions end."""
    found = _person(visit, id)
    password = accounts.first_password()
    accounts.give_password(visit.store, found.id, password, visit.user)
    back = link("/admin/user", id=found.id)
    return render(visit, "secret.html", SecretPage(kind="password", secret=password, whose=found.login, back=back))


@router.post("/admin/user/sessions")
def end_sessions(visit: Annotated[Visit, changes(Right.ADMINISTER)], id: Annotated[str, Form()] = "") -> Response:  # noqa: A002 - the name in the form
    """Signs an account out everywhere."""
    found = _person(visit, id)
    users.end_sessions(visit.store, found.id, visit.user)
    return RedirectResponse(link("/admin/user", id=found.id, said="signed_out"), status_code=303)


@router.get("/admin/teams")
def show_teams(visit: Annotated[Visit, looks(Right.SEE_AUDIT)]) -> HTMLResponse:
    """The teams as recordings name them, and who leads them."""
    everybody = [one for one in users.everybody(visit.store) if one.active]
    known = {team.name: team for team in teams.teams(visit.store, visit.user.scope)}
    leads = [one for one in everybody if one.role is Role.TEAM_LEAD]
    names = sorted({*known, *(one.team for one in leads if one.team)})
    agents = teams.agent_ids(visit.store, visit.user.scope)
    served = {one.agent_id for one in everybody if one.role is Role.AGENT}
    page = TeamsPage(
        teams=tuple(
            TeamLine(team=known.get(name), name=name, leads=tuple(one for one in leads if one.team == name))
            for name in names
        ),
        agents=len(agents),
        without=tuple(one for one in agents if one not in served),
        most=LONGEST,
    )
    return render(visit, "admin_teams.html", page)


@router.get("/admin/retention")
def show_retention(visit: Annotated[Visit, looks(Right.SEE_AUDIT)], said: str = "") -> HTMLResponse:
    """What is kept, since when, and how long it may be."""
    settings = visit.desk.settings
    swept = retention.limits(settings, datetime.now(UTC).replace(tzinfo=None))
    found = retention.kept(visit.store)
    page = RetentionPage(
        swept=tuple(one for one in found if one.kind in swept),
        stays=tuple(one for one in found if one.kind not in swept),
        copies=upkeep.copies(settings),
        settings=settings,
        delivery_days=retention.DELIVERIES.days,
        said=f"admin_{said}" if said in SAID else "",
    )
    return render(visit, "admin_retention.html", page)


@router.post("/admin/retention/sweep")
def sweep(visit: Annotated[Visit, changes(Right.ADMINISTER)]) -> Response:
    """Removes what has been kept long enough, now instead of tonight."""
    upkeep.sweep(visit.store, visit.desk.settings, visit.user)
    return RedirectResponse(link("/admin/retention", said="swept"), status_code=303)


def _choices(visit: Visit) -> dict[str, tuple[str, ...]]:
    return {
        "roles": tuple(role.value for role in Role),
        "teams": tuple(team.name for team in teams.teams(visit.store, visit.user.scope)),
        "agents": teams.agent_ids(visit.store, visit.user.scope),
    }


def _person(visit: Visit, user_id: str) -> User:
    found = next((one for one in users.everybody(visit.store) if one.id == user_id), None)
    if found is None:
        raise StoreError("There is no such account.", code="unknown_user")
    return found


def _role(name: str) -> Role:
    if name not in set(Role):
        raise StoreError("There is no such role.", code="unknown_role")
    return Role(name)


def _refuse_blind(person: User) -> None:
    """A team lead without a team would be shown calls of no team; an agent without a number has no calls."""
    if person.role is Role.TEAM_LEAD and not person.team:
        raise StoreError("A team lead needs a team.", code="team_missing")
    if person.role is Role.AGENT and not person.agent_id:
        raise StoreError("An agent needs an agent number.", code="agent_missing")
