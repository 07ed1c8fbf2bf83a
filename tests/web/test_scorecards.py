from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text

from qa_pipeline import accounts, assembly
from qa_pipeline.domain import DetectorCard, Finding, Interval, Rate, User, Verdict
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.scoring.fold import fold
from qa_pipeline.settings import load_settings
from qa_pipeline.store import cards
from qa_pipeline.store.engine import Store
from qa_pipeline.testing.calls import made_up_scorecards
from qa_pipeline.testing.dummies import a_recording, a_scored_call
from qa_pipeline.testing.stored import keep
from qa_pipeline.web.app import create_app
from qa_pipeline.web.desk import COOKIE

As = Callable[[str], Any]
FIGURES = {"critical_cap": 40, "max_undecided": 25, "band.excellent": 90, "band.good": 75, "band.needs_work": 0}
WEIGHTS = {"greeting": 1, "identity_verification": 2, "empathy": 2, "recap": 1, "closing_check": 1, "no_dead_air": 1}


def figures(**changed: object) -> dict[str, object]:
    """The form of the made-up English scorecard as it stands, with some figures otherwise."""
    form: dict[str, object] = {"card": "general-en 1", "sample": "all", "critical.identity_verification": "on"}
    form |= FIGURES | {f"weight.{name}": weight for name, weight in WEIGHTS.items()}
    form |= {f"bonus.{name}": 0 for name in WEIGHTS}
    return form | changed


def tried(browser: Any, **form: object) -> str:
    """The page of a trial when it is done."""
    begun = browser.submit("/scorecards/what-if", **form)
    assert begun.status_code == 303, begun.text
    return done(browser, begun.headers["location"])


def done(browser: Any, address: str) -> str:
    for _ in range(200):
        page: str = browser.get(address).text
        if "data-hx-trigger" not in page:
            return page
        time.sleep(0.02)
    raise AssertionError("the trial never ended")


def everything(store: Store) -> dict[str, int]:
    """How many rows each table has, and what stands, to see that nothing was written."""
    with store.read() as session:
        names = inspect(session.connection()).get_table_names()
        counts = {name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}  # noqa: S608
        scores = session.execute(text("SELECT sum(percent), max(revision) FROM standing")).one()
    return counts | {"scores": hash(tuple(scores))}


def a_card(criterion: str) -> DetectorCard:
    rate = Rate(hits=18, n=20, interval=Interval(low=0.7, high=0.97))
    return DetectorCard(
        scorecard="general-en",
        criterion=criterion,
        language="en",
        scorecard_versions=("1",),
        checks="x",
        n=30,
        tp=18,
        fp=2,
        fn=3,
        tn=6,
        unsure=1,
        undecided=2,
        sure_fp=1,
        precision=rate,
        recall=Rate(hits=18, n=21, interval=Interval(low=0.65, high=0.95)),
        f1=None,
        kappa=0.7,
        truth_sha256="0" * 64,
        measured_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def test_all_scorecards_are_listed(as_: As) -> None:
    page = as_("rosa").get("/scorecards").text
    assert "/scorecard?name=general-en&amp;version=1" in page
    assert "通用质检" in page


def test_an_agent_sees_no_scorecards(as_: As) -> None:
    hannah = as_("hannah")
    for path in ("/scorecards", "/scorecard?name=general-en&version=1", "/scorecards/what-if"):
        assert hannah.get(path).status_code == 403


def test_a_scorecard_shows_each_criterion_with_what_was_measured(as_: As, store: Store) -> None:
    cards.save_cards(store, [a_card("greeting")])
    page = as_("audrey").get("/scorecard?name=general-en&version=1").text
    assert "Identity check" in page
    assert "precision 90%" in page
    assert "not measured yet" in page
    assert "n = 30" in page  # verdicts of the three English agents: 12, 12 and 6 calls


def test_a_team_lead_sees_figures_of_the_own_team_only(as_: As) -> None:
    assert "No call in your sight" in as_("tom").get("/scorecard?name=general-zh&version=1").text
    assert "No call in your sight" not in as_("lena").get("/scorecard?name=general-zh&version=1").text


def test_a_version_that_is_not_there_is_not_found(as_: As) -> None:
    assert as_("lena").get("/scorecard?name=general-en&version=9").status_code == 404
    assert as_("lena").get("/scorecard/diff?name=general-en&old=1&new=9").status_code == 404


def test_what_if_with_the_same_figures_moves_no_call(as_: As) -> None:
    page = tried(as_("lena"), **figures())
    assert "Nothing is worth anything else than now." in page


def test_what_if_shows_the_calls_that_change_band_and_writes_nothing(as_: As, store: Store) -> None:
    lena = as_("lena")
    before = everything(store)
    page = tried(lena, **figures(**{"weight.greeting": 8, "band.good": 60}))
    assert "30 calls of 30 judged by this version" in page
    assert "8 points" in page
    assert "/call?id=A10" in page
    assert "Omar Haddad" in page
    assert "1 agent with fewer than 10 such calls is not listed" in page
    assert everything(store) == before


def test_what_if_of_a_team_lead_sees_the_own_team_only(as_: As) -> None:
    assert "0 calls of 0 judged by this version" in tried(as_("tom"), **figures(card="general-zh 1"))


def test_nobody_sees_the_trial_of_somebody_else(as_: As) -> None:
    lena = as_("lena")
    address = lena.submit("/scorecards/what-if", **figures()).headers["location"]
    done(lena, address)
    assert as_("rosa").get(address).status_code == 404


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"weight.recap": "-1"}, "figures from 0"),
        ({"weight.recap": "<script>"}, "figures from 0"),
        ({"weight.recap": "0"}, "weight 0 needs a bonus"),
        ({"critical_cap": "140"}, "from 0 to 100"),
        ({"max_undecided": "x"}, "from 0 to 1"),
        ({"band.good": "95"}, "bands must go from the best to the worst"),
        ({"band.needs_work": "5"}, "the last band must start at 0"),
    ],
)
def test_figures_that_cannot_be_are_told(as_: As, changed: dict[str, object], fault: str) -> None:
    answer = as_("lena").submit("/scorecards/what-if", **figures(**changed))
    assert answer.status_code == 422
    assert fault in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]


def test_a_draft_that_cannot_be_read_shows_every_fault_with_its_line(as_: As) -> None:
    draft = 'name: general-en\nversion: "2"\ntitle: <b>\nlanguage: fr\nweights: 3\n'
    answer = as_("lena").submit("/scorecards/what-if", card="general-en 1", draft=draft)
    assert answer.status_code == 422
    assert "Line 4" in answer.text
    assert "&#39;weights&#39; is not known here" in answer.text
    assert "title: &lt;b&gt;" in answer.text


def test_what_is_no_yaml_is_told(as_: As) -> None:
    assert as_("lena").submit("/scorecards/what-if", card="general-en 1", draft="a: [").status_code == 422


def test_a_draft_can_be_sent_as_a_file(as_: As) -> None:
    lena = as_("lena")
    answer = lena.post(
        "/scorecards/what-if",
        data={"csrf": lena.csrf, "card": "general-en 1", "draft": ""},
        files={"file": ("draft.yaml", b"name: x\nlanguage: xx\n", "application/yaml")},
    )
    assert answer.status_code == 422
    assert "Line 2" in answer.text


@pytest.fixture
def built_in(store: Store, people: dict[str, User], tmp_path: Path) -> Iterator[Any]:
    """A QA lead's browser over the built-in scorecard, with two calls that it judged."""
    settings = load_settings(db="sqlite:///unused.db", cache_dir=tmp_path / "cache")
    (card,) = assembly.scorecards(settings, "general-en")["en"]
    for number, failing in enumerate(("greeting", "pace")):
        findings = tuple(
            Finding(
                criterion=one.name,
                verdict=Verdict.FAIL if one.name == failing else Verdict.PASS,
                confidence=1.0,
                why="–",
            )
            for one in card.criteria
        )
        recording = a_recording(call_id=f"built-{number}", sha256=f"{number:064d}", agent_id="X", team="North")
        keep(store, a_scored_call(recording=recording, findings=findings, score=fold(findings, card), signals=()))
    app = create_app(store, settings, Scorecards([card, *made_up_scorecards().values()]))
    ticket = accounts.open_session(store, people["lena"])
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as browser:
        browser.cookies.set(COOKIE, ticket.token)
        browser.submit = lambda path, **form: browser.post(path, data={"csrf": ticket.csrf, **form})  # type: ignore[attr-defined]
        browser.card = f"general-en {card.version}"  # type: ignore[attr-defined]
        browser.text = assembly.scorecard_text(settings, card)  # type: ignore[attr-defined]
        yield browser


def test_a_draft_leaves_what_would_have_to_be_judged_again_as_it_was(built_in: Any) -> None:
    draft = built_in.text.replace("weight: 10", "weight: 20", 1).replace("{within_s: 30}", "{within_s: 5}")
    draft = draft.replace("check: pace\n        weight: 5", "check: pace\n        weight: 50")
    page = tried(built_in, card=built_in.card, draft=draft, sample="all")
    assert "would have to be judged again" in page
    assert "Greeting with company and offer of help" in page
    assert "2 calls of 2" in page


def test_the_changed_draft_can_be_downloaded_and_read(built_in: Any, tmp_path: Path) -> None:
    settings = load_settings()
    (card,) = assembly.scorecards(settings, "general-en")["en"]
    form: dict[str, object] = {"card": built_in.card, "critical_cap": card.critical_cap, "sample": "500"}
    form |= {"max_undecided": 100 * card.max_undecided}
    form |= {f"band.{band.name}": band.at_least for band in card.bands}
    form |= {f"weight.{one.name}": one.weight for one in card.criteria}
    form |= {f"bonus.{one.name}": one.bonus for one in card.criteria}
    form |= {f"critical.{one.name}": "on" for one in card.criteria if one.critical}
    form |= {f"auto_fail.{one.name}": "on" for one in card.criteria if one.auto_fail}
    form |= {f"coach_only.{one.name}": "on" for one in card.criteria if one.coach_only}
    begun = built_in.submit("/scorecards/what-if", **(form | {"weight.greeting": 25}))
    done(built_in, begun.headers["location"])
    answer = built_in.get(begun.headers["location"].replace("/trial?", "/draft?"))
    path = tmp_path / "scorecard.yaml"
    path.write_text(answer.text, "utf-8")
    draft = assembly.scorecard_at(settings, path)
    assert f"{card.version}-draft" == draft.version
    assert 25 == draft.criteria[0].weight
    assert [one.weight for one in card.criteria[1:]] == [one.weight for one in draft.criteria[1:]]
    changed = [line for line in answer.text.splitlines() if line not in built_in.text.splitlines()]
    assert 2 == len(changed), changed


def test_hostile_titles_are_only_text(as_: As) -> None:
    assert "<script>alert" not in as_("lena").get("/scorecards/what-if?card=<script>alert(1)</script> 1").text
