"""Labelled text."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.training.data import data_hash, read_examples


def faults(folder: Path, *, column: str = "label", one: bool = False) -> list[tuple[str, int]]:
    with pytest.raises(ConfigurationError) as caught:
        read_examples(folder, column, one=one)
    assert caught.value.code == "training_data"
    return [(Path(problem.where).name, problem.line) for problem in caught.value.problems]


def test_lines_of_all_languages_are_read(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text('text,label,split\n"late, and wrong",delay|error,train\nfine,,test\n', "utf-8")
    (tmp_path / "zh.csv").write_text("text,label,split\n太慢,delay,train\n", "utf-8")
    assert [(one.text, sorted(one.labels), one.language, one.split) for one in read_examples(tmp_path, "label")] == [
        ("late, and wrong", ["delay", "error"], "en", "train"),
        ("fine", [], "en", "test"),
        ("太慢", ["delay"], "zh", "train"),
    ]


def test_every_faulty_line_of_every_file_is_listed(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text("text,label,split\nok,a,train\n,a,train\nok,a,dev\nok\n", "utf-8")
    (tmp_path / "zh.csv").write_text("text,split\n好,train\n", "utf-8")
    assert faults(tmp_path) == [("en.csv", 3), ("en.csv", 4), ("en.csv", 5), ("zh.csv", 2)]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text('text,label,split\n"two\nlines",a,train\nbad,a,\n', "utf-8")
    assert faults(tmp_path) == [("en.csv", 4)]


def test_where_one_label_is_needed_none_or_two_are_faults(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text("text,label,split\nok,a,train\nnone,,train\ntwo,a|b,train\n", "utf-8")
    assert faults(tmp_path, one=True) == [("en.csv", 3), ("en.csv", 4)]


def test_a_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    (tmp_path / "zh.csv").write_text("text,label,split\r\n太慢,delay,train\r\n", "utf-8-sig")
    assert len(read_examples(tmp_path, "label")) == 1


def test_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "zh.csv").write_text("text,label,split\n太慢,delay,train\n", "gb18030")
    assert faults(tmp_path) == [("zh.csv", 0)]


def test_no_data_is_told(tmp_path: Path) -> None:
    assert faults(tmp_path / "nowhere") == []


def test_the_hash_goes_by_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text("a", "utf-8")
    first = data_hash(tmp_path)
    assert first == data_hash(tmp_path)
    (tmp_path / "en.csv").rename(tmp_path / "zh.csv")
    assert first != data_hash(tmp_path)


@pytest.mark.parametrize(
    ("model", "column", "one"),
    [("sentiment", "label", True), ("causes", "is_complaint", True), ("causes", "causes", False)],
)
def test_the_projects_own_data_can_be_used(model: str, column: str, one: bool, repository: Path) -> None:
    examples = read_examples(repository / "models" / model / "data", column, one=one)
    assert {("en", "train"), ("en", "test"), ("zh", "train"), ("zh", "test")} == {
        (example.language, example.split) for example in examples
    }


def test_no_text_is_both_trained_on_and_tested(repository: Path) -> None:
    for model, column in (("sentiment", "label"), ("causes", "causes")):
        examples = read_examples(repository / "models" / model / "data", column)
        texts = {split: {example.text for example in examples if example.split == split} for split in ("train", "test")}
        assert texts["train"] & texts["test"] == set()
