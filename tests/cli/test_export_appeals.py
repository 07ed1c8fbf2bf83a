from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from qa_pipeline.cli.export import app
from qa_pipeline.domain import AppealState, Verdict
from qa_pipeline.reviewing import Scorecards
from qa_pipeline.store.desk import appeals
from qa_pipeline.store.desk.appeals import Question, Step
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.people import users
from qa_pipeline.testing.dummies import a_finding, a_scorecard, a_scored_call
from qa_pipeline.testing.pack_cases import Dialogue, read_pack_cases
from qa_pipeline.testing.stored import PEOPLE, keep


def test_upheld_appeals_are_written_as_cases(tmp_path: Path) -> None:
    url, refold = f"sqlite:///{tmp_path}/qa.db", Scorecards([a_scorecard()]).refold
    with open_store(url) as store:
        people = {user.login: users.add(store, user, "") for user in PEOPLE}
        keep(store, a_scored_call(agent_id="A102", team="North", findings=(a_finding(verdict=Verdict.FAIL),)))
        question = Question(criterion="greeting", proposed=Verdict.PASS, note="I do greet.")
        made = appeals.open_appeal(store, people["omar"], "call-1", question, days=14, rounds=2, refold=refold)
        passed_on = Step(to=AppealState.PASSED_ON)
        appeals.take(store, people["tom"], made, passed_on, refold=refold)
        appeals.take(
            store, people["rosa"], made, replace(passed_on, to=AppealState.UPHELD, note="So it is."), refold=refold
        )
    done = CliRunner().invoke(app, ["appeals", "--db", url, "--scorecard", "general-en"])
    assert 0 == done.exit_code
    (tmp_path / "cases.yaml").write_text(done.stdout, "utf-8")
    ((_, _, case),) = read_pack_cases(tmp_path)
    assert isinstance(case, Dialogue)
    assert ["Good morning, how can I help?"] == [turn.agent for turn in case.turns]
    assert "[]\n" == CliRunner().invoke(app, ["appeals", "--db", url, "--scorecard", "other"]).stdout
