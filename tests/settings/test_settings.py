from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.settings import load_settings


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("QA_DB", "QA_BRANDS", "QA_WORKERS", "QA_MODELS_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 2 == load_settings().workers
    (tmp_path / "qa.toml").write_text('workers = 5\nbrands = ["River Bank"]\n', "utf-8")
    assert (5, ("River Bank",)) == (load_settings().workers, load_settings().brands)
    monkeypatch.setenv("QA_WORKERS", "3")
    assert 3 == load_settings().workers
    assert 4 == load_settings(workers=4).workers


def test_lists_in_the_environment_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BRANDS", "Northwind, River Bank,")
    assert ("Northwind", "River Bank") == load_settings().brands


def test_a_pattern_may_hold_a_comma(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_FILENAME_PATTERNS", r"(?P<call_id>\d{1,3})" + "\n" + r"(?P<agent_id>A\d+)")
    assert (r"(?P<call_id>\d{1,3})", r"(?P<agent_id>A\d+)") == load_settings().filename_patterns


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "qa.toml").write_text("workers = 0\nshard_minutes = -1\ncolour = 'blue'\n", "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert {"settings: workers", "settings: shard_minutes", "settings: colour"} == {
        problem.where for problem in caught.value.problems
    }


@pytest.mark.parametrize("data", [b"workers = \n", b"out = '\xff'\n"])
def test_a_file_that_is_no_toml_is_told(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "qa.toml").write_bytes(data)
    with pytest.raises(ConfigurationError, match=r"qa\.toml") as caught:
        load_settings()
    assert caught.value.code == "settings"


def test_what_the_command_line_does_not_give_changes_nothing() -> None:
    assert load_settings() == load_settings(db=None, out=None)
