"""Starting a scorecard of one's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from qa_pipeline.assembly import check_named
from qa_pipeline.domain import ConfigurationError
from qa_pipeline.scoring.read import read_scorecard
from qa_pipeline.scoring.template import start
from qa_pipeline.testing.pack_cases import count

read = partial(read_scorecard, checks=check_named)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_scorecard_is_like_the_old_one_under_its_own_name(
    tmp_path: Path, repository: Path, language: str
) -> None:
    like = repository / "scorecards" / f"general-{language}" / "scorecard.yaml"
    path = start("billing", like, tmp_path, read)
    made = read(path)
    assert (tmp_path / "billing" / "scorecard.yaml", "billing", "0.1") == (path, made.name, made.version)
    assert made.sections == read(like).sections
    assert count(path.parent / "cases") == 1


@pytest.mark.parametrize("name", ["Billing", "1st", "a b", "", "../up"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, repository: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be a scorecard's name"):
        start(name, repository / "scorecards" / "general-en" / "scorecard.yaml", tmp_path, read)


def test_nothing_is_overwritten(tmp_path: Path, repository: Path) -> None:
    like = repository / "scorecards" / "general-en" / "scorecard.yaml"
    start("billing", like, tmp_path, read)
    with pytest.raises(ConfigurationError, match="is there already"):
        start("billing", like, tmp_path, read)
