"""YAML with line numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.text.yaml_lines import line_of, read_yaml

TEXT = """\
# a comment
name: site

sections:
  - name: opening
    criteria:
      - {name: greeting, weight: 2}
  - name: closing
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("name",), 2),
        (("sections",), 4),
        (("sections", 1), 8),
        (("sections", 0, "criteria", 0, "weight"), 7),
        (("sections", 1, "title"), 8),  # what is missing would stand there
        (("sections", 5, "name"), 4),
        (("name", "deeper"), 2),
        (("title",), 1),
    ],
)
def test_a_place_is_shown_by_the_line_of_its_deepest_part(
    place: tuple[str | int, ...], line: int, tmp_path: Path
) -> None:
    assert line_of(read_yaml(written(tmp_path, TEXT)), place) == line


@pytest.mark.parametrize(
    ("text", "lines"),
    [("a: 1\nb: [1\n", [3]), ("a: 1\na: 2\n", [2]), ("a: 1\n\tb: 2\n", [2]), ("a: 1\n---\nb: 2\n", [2])],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, lines: list[int], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(written(tmp_path, text))
    assert ("yaml", lines) == (caught.value.code, [problem.line for problem in caught.value.problems])


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    for data in (b"a: \xff", b"a: \x00"):
        with pytest.raises(ConfigurationError) as caught:
            read_yaml(written(tmp_path, data))
        assert caught.value.code == "yaml"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_yaml(tmp_path / "nowhere.yaml")
    assert caught.value.code == "not_found"


def test_yes_and_no_are_words_as_in_yaml_1_2(tmp_path: Path) -> None:
    assert dict(read_yaml(written(tmp_path, "answer: no\n"))) == {"answer": "no"}
