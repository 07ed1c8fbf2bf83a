import os
import time
from pathlib import Path

from qa_pipeline.domain import ScoredCall
from qa_pipeline.testing.calls import AGENTS, made_up_calls
from qa_pipeline.testing.dummies import a_scored_call

from .conftest import Report


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_report_has_a_page_an_agent_an_index_a_workbook_and_tables(report: Report, tmp_path: Path) -> None:
    paths = report(made_up_calls())
    expected = {
        "index.html",
        "scorecards.xlsx",
        "agents/pages.txt",
        *(f"agents/{agent.agent_id}.html" for agent in AGENTS),
        *(
            f"tables/{name}.{form}"
            for name in (
                *("agents", "criteria", "calls", "findings", "causes"),
                *("rises", "emerging", "mismatches", "repeats", "promises"),
            )
            for form in ("csv", "parquet")
        ),
    }
    assert expected == set(files_under(tmp_path))
    assert expected - {"agents/pages.txt"} == {
        str(path.relative_to(tmp_path)) for path in (paths.index, paths.workbook, *paths.agents.values(), *paths.tables)
    }


def test_the_same_calls_give_the_same_bytes(report: Report, tmp_path: Path) -> None:
    report(made_up_calls(), tmp_path / "one")
    # ZIP archives keep times of two seconds' grain.
    time.sleep(2.1)
    report(made_up_calls(), tmp_path / "two")
    one, two = files_under(tmp_path / "one"), files_under(tmp_path / "two")
    assert sorted(one) == sorted(two)
    assert [] == [name for name in one if one[name] != two[name]]


def test_writing_again_over_an_old_report_changes_nothing(report: Report, tmp_path: Path) -> None:
    report(made_up_calls())
    before = files_under(tmp_path)
    report(made_up_calls())
    assert before == files_under(tmp_path)


def test_pages_of_agents_that_are_gone_are_removed_and_other_files_are_left(report: Report, tmp_path: Path) -> None:
    report(made_up_calls(AGENTS[:2]))
    (tmp_path / "agents" / "notes.html").write_text("mine", encoding="utf-8")
    report(made_up_calls(AGENTS[1:2]))
    assert {"A102.html", "notes.html", "pages.txt"} == {path.name for path in (tmp_path / "agents").iterdir()}


def test_hostile_agents_get_pages_inside_the_folder(
    report: Report, hostile_calls: list[ScoredCall], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    paths = report(hostile_calls, out)
    inside = {path.resolve() for path in (out / "agents").glob("*.html")}
    assert {path.resolve() for path in paths.agents.values()} == inside
    assert len(hostile_calls) == len(inside)
    assert [out] == list(tmp_path.iterdir())


def test_index_and_workbook_go_by_the_language_of_most_calls(report: Report, tmp_path: Path) -> None:
    report(made_up_calls(AGENTS[3:]))
    assert "质检评分卡总览" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_no_calls_give_an_empty_report(report: Report, tmp_path: Path) -> None:
    report([])
    assert "No scored calls yet." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_an_agent_named_like_nobody_does_not_take_their_page(report: Report) -> None:
    paths = report([a_scored_call(agent_id=""), a_scored_call(call_id="c2", agent_id="_not-named")])
    assert 2 == len(set(paths.agents.values()))
    assert all(os.path.exists(path) for path in paths.agents.values())  # noqa: PTH110 - as a shell would look
