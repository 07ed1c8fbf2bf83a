from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from qa_pipeline.domain import Role, User
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import users
from qa_pipeline.testing.dummies import a_finding, a_scored_call
from qa_pipeline.testing.stored import keep

As = Callable[[str], Any]

PAGES = ("/agents?period=all", "/agents?period=all&team=North", "/teams?period=all", "/agent?id=A101&period=all")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("login", ["ada", "lena", "rosa", "rene", "tom", "audrey"])
def test_whoever_may_see_agents_sees_the_pages(as_: As, login: str, path: str) -> None:
    assert as_(login).get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/agents/moments?criterion=empathy&agent=A101"])
def test_an_agent_sees_no_page_of_agents(as_: As, path: str) -> None:
    assert as_("hannah").get(path).status_code == 403


def test_means_stand_with_interval_and_number_of_calls(as_: As) -> None:
    page = as_("lena").get("/agents?period=all&team=North").text
    row = _row(page, "Hannah Price")
    assert re.search(r'<td class="num">12</td><td class="num">12</td>', row)
    assert re.search(r"<b>\d+\.\d</b>.*\d+\.\d–\d+\.\d", row)


def test_agents_stand_by_name_and_are_sorted_by_mean_only_among_those_with_enough_calls(as_: As) -> None:
    lena = as_("lena")
    assert ["Hannah Price", "Lucy Okafor", "Omar Haddad"] == _names(lena.get("/agents?period=all&team=North").text)
    sorted_page = lena.get("/agents?period=all&team=North&sort=mean").text
    assert ["Hannah Price", "Omar Haddad", "Lucy Okafor"] == _names(sorted_page)
    assert "This is no ranking" in sorted_page
    assert "fewer than 10 scored calls, not compared" in sorted_page


def test_a_cell_of_few_decisions_has_no_colour(as_: As) -> None:
    page = as_("lena").get("/agents?period=all&team=North").text
    row = next(part for part in page.split("<tr>") if "Greeting" in part and 'class="heat' in part)
    shades = re.findall(r'class="heat (\w+)', row)
    assert shades[1] == "few"  # Lucy Okafor has six calls
    assert shades[0].startswith("s")


def test_every_cell_leads_to_the_moments_behind_it(as_: As) -> None:
    lena = as_("lena")
    page = html.unescape(lena.get("/agents?period=all&team=North").text)
    links = re.findall(r'href="(/agents/moments\?agent=A102&criterion=recap[^"]*)"', page)
    assert links
    moments = lena.get(links[0])
    assert moments.status_code == 200
    assert "The result and the next step were never put together in one turn." in moments.text
    assert re.search(r'href="/call\?id=A102-\d+&amp;at=\d+"', moments.text)


def test_moments_are_as_many_as_the_cell_says(as_: As) -> None:
    lena = as_("lena")
    card = html.unescape(lena.get("/agent?id=A102&period=all").text)
    address = r'href="(/agents/moments\?agent=A102&criterion=empathy&period=all)">(\d+)<span'
    ((link, fails),) = re.findall(address, card)
    assert f"{fails} call" in lena.get(link).text


def test_moments_without_any_say_so(as_: As) -> None:
    page = as_("lena").get("/agents/moments?agent=A101&criterion=no+such+thing")
    assert "No call has this verdict in this period." in page.text


def test_a_team_lead_sees_the_own_team_alone(as_: As) -> None:
    tom = as_("tom")
    page = tom.get("/agents?period=all").text
    assert "Hannah Price" in page
    assert "王小明" not in page
    assert "华东组" not in tom.get("/teams?period=all").text


@pytest.mark.parametrize(
    "path",
    [
        "/agent?id=B201",
        "/agents?team=华东组",
        "/agents/moments?agent=B201&criterion=empathy",
        "/coaching/new?agent=B201",
    ],
)
def test_a_team_lead_reaches_no_agent_of_another_team(as_: As, path: str) -> None:
    page = as_("tom").get(path)
    assert page.status_code == 404
    assert "王小明" not in page.text


def test_moments_of_a_team_lead_are_of_the_own_team(as_: As) -> None:
    page = as_("tom").get("/agents/moments?criterion=empathy&period=all").text
    assert "A102-" in page
    assert "B201-" not in page
    assert "B202-" not in page


def test_an_agents_page_compares_with_the_team(as_: As) -> None:
    page = as_("lena").get("/agent?id=A101&period=all").text
    assert "▾ Team mean" in page
    assert "To work on first" in page
    assert "Make a coaching plan" in page


def test_a_reviewer_cannot_make_a_plan_from_there(as_: As) -> None:
    assert "Make a coaching plan" not in as_("rosa").get("/agent?id=A101&period=all").text


def test_agents_see_their_own_scorecard_and_no_name_but_their_own(as_: As) -> None:
    page = as_("hannah").get("/my-scorecard?period=all")
    assert page.status_code == 200
    assert "Hannah Price" in page.text
    assert "Omar" not in page.text


def test_an_agent_sees_the_team_only_where_enough_agents_stand_behind_its_mean(as_: As) -> None:
    # Of North's three agents only two have ten scored calls: one could work out the other's mean.
    assert "Team mean" not in as_("hannah").get("/my-scorecard?period=all").text


def test_an_agent_sees_the_moments_of_the_own_calls(as_: As) -> None:
    page = as_("omar").get("/my-scorecard/moments?criterion=recap&period=all").text
    assert "A102-" in page
    assert "A101-" not in page


@pytest.mark.parametrize("login", ["rosa", "tom", "audrey", "ada"])
def test_nobody_else_has_a_scorecard_of_their_own(as_: As, login: str) -> None:
    assert as_(login).get("/my-scorecard").status_code == 403


def test_people_s_words_change_the_figures_at_once(as_: As, store: Store, people: dict[str, User]) -> None:
    from qa_pipeline.domain import Verdict
    from qa_pipeline.reviewing import Scorecards
    from qa_pipeline.store import queries
    from qa_pipeline.store.desk import decisions
    from qa_pipeline.store.desk.decisions import Word
    from qa_pipeline.testing.calls import made_up_scorecards

    lena = as_("lena")
    path = "/agents/moments?agent=A102&criterion=recap&period=all"
    before = lena.get(path).text
    lena.get("/agent?id=A102&period=all")
    call = re.findall(r"/call\?id=(A102-\d+)", before)[0]
    assert queries.scored_call(store, call)
    word = Word(criterion="recap", verdict=Verdict.PASS, reason="She said it all in minute two.")
    decisions.decide(store, people["rosa"], call, word, seen=0, refold=Scorecards(made_up_scorecards().values()).refold)
    n = int(re.findall(r"(\d+) calls", before)[0])
    assert f"{n - 1} call" in lena.get(path).text
    passed = lena.get(f"{path}&verdict=pass").text
    assert "She said it all in minute two." in passed
    assert "decided by a person" in passed


def test_hostile_names_stay_words(as_: As, store: Store) -> None:
    calls = [
        a_scored_call(
            call_id=f"x/{n}?&<b>",
            agent_id="<script>alert(1)</script>",
            agent_name="<img src=x>",
            team="<i>T</i>&",
            findings=(a_finding(why="<script>", criterion="greeting"),),
        )
        for n in range(2)
    ]
    keep(store, *calls)
    lena = as_("lena")
    for path in ("/agents?period=all", "/teams?period=all", "/agent?id=%3Cscript%3Ealert(1)%3C/script%3E&period=all"):
        page = lena.get(path)
        assert page.status_code == 200
        assert "<img src=x>" not in page.text
        assert "<script>alert" not in page.text
        assert "<i>T</i>" not in page.text


@pytest.mark.parametrize("path", ["/agents?period=bogus&sort=bogus", "/agent?id=A101&period=", "/teams?period=x"])
def test_unknown_choices_fall_back(as_: As, path: str) -> None:
    assert as_("lena").get(path).status_code == 200


def test_who_does_not_exist_is_not_found(as_: As) -> None:
    assert as_("lena").get("/agent?id=nobody").status_code == 404
    assert as_("lena").get("/agents?team=Nowhere").status_code == 404


def test_an_empty_database_says_so(as_: As, store: Store, people: dict[str, User]) -> None:
    quiet = users.add(store, User(id="", login="tina", name="Tina", role=Role.TEAM_LEAD, team="Nowhere"), "")
    people["tina"] = quiet
    page = as_("tina").get("/agents")
    assert page.status_code == 200
    assert "No scored calls yet." in page.text
    del people["tina"]


def test_the_pages_speak_chinese(as_: As) -> None:
    rene = as_("rene")
    assert "通过率热力图" in rene.get("/agents?period=all&team=华东组").text
    assert "优先改进" in rene.get("/agent?id=B202&period=all").text


def _row(page: str, name: str) -> str:
    return next(part for part in page.split("<tr>") if name in part and 'scope="row"' in part)


def _names(page: str) -> list[str]:
    table = page[page.index('class="people"') : page.index("</table>")]
    return re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]*)</bdi>', table)
