"""A model's files are put in their places all together, whenever the program dies."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa_pipeline.domain import ModelError
from qa_pipeline.weights import replace
from qa_pipeline.weights.replace import check_writable, put, whole

NAMES = ("model.yaml", "tagger.json", "tagger.safetensors")


class KilledError(BaseException):
    """The process dies here."""


def files(folder: Path, content: str) -> list[Path]:
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_text(content, "utf-8")
    return [folder / name for name in NAMES]


def read(folder: Path) -> set[str]:
    return {(whole(folder) / name).read_text("utf-8") for name in NAMES}


def inside(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    put(files(tmp_path / "old", "old"), tmp_path / "site" / "acts")
    (tmp_path / "site" / "acts" / "taxonomy.yaml").write_text("stays", "utf-8")
    return tmp_path / "site" / "acts"


def test_files_take_their_places_and_others_stay(model: Path, tmp_path: Path) -> None:
    put(files(tmp_path / "new", "new"), model)
    assert ({"new"}, model) == (read(model), whole(model))
    assert {*NAMES, "taxonomy.yaml"} == inside(model)


def test_wherever_it_is_killed_a_whole_model_is_left_and_the_next_one_goes_in(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = files(tmp_path / "new", "new")
    seen = []
    for step in range(100):
        shutil.rmtree(model)
        put(files(tmp_path / f"old-{step}", "old"), model)
        with monkeypatch.context() as patched:
            dies_at(step, patched)
            try:
                put(new, model)
            except KilledError:
                seen.append(read(model))
            else:
                break
        put(files(tmp_path / f"newest-{step}", "newest"), model)
        assert ({"newest"}, set(NAMES)) == (read(model), inside(model))
    assert {frozenset({"old"}), frozenset({"new"})} == set(map(frozenset, seen))
    assert seen == sorted(seen, reverse=True, key=lambda one: "old" in one)  # once the new one is there it stays
    assert len(seen) > 10


def dies_at(step: int, patched: pytest.MonkeyPatch) -> None:
    """The step-th thing that is done to the disk is the last one that is not."""
    left = [step]

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            if left[0] == 0:
                raise KilledError
            left[0] -= 1
            return work(*arguments, **named)

        return run

    patched.setattr(replace, "_copy", counted(replace._copy))
    patched.setattr(replace.tempfile, "mkdtemp", counted(replace.tempfile.mkdtemp))
    patched.setattr(replace.shutil, "rmtree", counted(replace.shutil.rmtree))
    for name in ("rename", "replace"):
        patched.setattr(Path, name, counted(getattr(Path, name)))


def test_a_folder_that_may_not_be_written_to_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_writable(tmp_path / "site" / "acts")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(ModelError, match="QA_TRAINED_DIR"):
        check_writable(tmp_path / "site" / "acts")


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("no folder", "utf-8")
    for work in (lambda: check_writable(tmp_path / "site" / "acts"), lambda: put([], tmp_path / "site" / "acts")):
        with pytest.raises(ModelError) as caught:
            work()
        assert "model_folder" == caught.value.code
