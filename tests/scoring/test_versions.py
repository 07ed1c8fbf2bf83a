"""Published versions: chosen by the day of the call, never edited."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from qa_pipeline.domain import ConfigurationError, Finding, Scorecard
from qa_pipeline.scoring.read import read_scorecard
from qa_pipeline.scoring.versions import in_force, is_published, publish, versions

CARD = """\
name: site
version: "{version}"
title: {title}
language: en
critical_cap: 40
{dates}bands: [{{name: all, title: All, at_least: 0}}]
sections:
  - name: only
    title: Only
    criteria:
      - {{name: greeting, title: Greeting, check: known, weight: 2}}
"""


def known(view: object) -> Finding:
    raise NotImplementedError


read = partial(read_scorecard, checks=lambda name: known)


def write(folder: Path, version: str, *, title: str = "Site", begins: str = "") -> Path:
    path = folder / "scorecard.yaml"
    dates = f"effective_from: {begins}\n" if begins else ""
    path.write_text(CARD.format(version=version, title=title, dates=dates), "utf-8")
    return path


def named(scorecards: tuple[Scorecard, ...]) -> list[str]:
    return [one.version for one in scorecards]


def test_a_scorecard_that_was_never_published_judges_as_it_is(tmp_path: Path) -> None:
    assert named(versions(write(tmp_path, "1.0"), read)) == ["1.0"]


def test_after_publishing_only_published_versions_judge(tmp_path: Path) -> None:
    publish(write(tmp_path, "1.0"), read)
    path = write(tmp_path, "1.1", title="Better")
    assert named(versions(path, read)) == ["1.0"]
    assert (is_published(path, "1.0"), is_published(path, "1.1")) == (True, False)


def test_a_published_version_is_not_published_again(tmp_path: Path) -> None:
    path = write(tmp_path, "1.0")
    publish(path, read)
    with pytest.raises(ConfigurationError, match="is published already\\."):
        publish(path, read)
    with pytest.raises(ConfigurationError, match="published already, with other content"):
        publish(write(tmp_path, "1.0", title="Other"), read)


def test_a_change_under_a_published_version_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "1.0")
    publish(path, read)
    write(tmp_path, "1.0", title="Secretly better")
    with pytest.raises(ConfigurationError, match="published version of site was changed") as caught:
        versions(path, read)
    assert caught.value.problems[0].where == str(path)


def test_a_change_in_the_published_copy_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "1.0")
    copy = publish(path, read)
    copy.write_text(copy.read_text("utf-8").replace("weight: 2", "weight: 3"), "utf-8")
    with pytest.raises(ConfigurationError, match="was changed"):
        versions(path, read)


def test_words_around_the_content_may_change(tmp_path: Path) -> None:
    path = write(tmp_path, "1.0")
    copy = publish(path, read)
    copy.write_text("# a remark\n" + copy.read_text("utf-8"), "utf-8")
    assert named(versions(path, read)) == ["1.0"]


def test_the_day_of_the_call_chooses_the_version(tmp_path: Path) -> None:
    for version, begins in (("1.0", ""), ("1.1", "2026-11-01"), ("2.0", "2027-01-01")):
        publish(write(tmp_path, version, begins=begins), read)
    known_ones = versions(tmp_path / "scorecard.yaml", read)
    days = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 31), date(2027, 1, 1), None)
    found = [in_force(known_ones, day) for day in days]
    assert [one.version if one else "" for one in found] == ["1.0", "1.1", "1.1", "2.0", "2.0"]


def test_before_the_first_day_nothing_is_in_force(tmp_path: Path) -> None:
    publish(write(tmp_path, "1.0", begins="2026-11-01"), read)
    assert in_force(versions(tmp_path / "scorecard.yaml", read), date(2026, 10, 31)) is None
