"""Model cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.domain import ConfigurationError
from qa_pipeline.weights.card import read_card, read_cards

HASH = "a" * 64
GOOD = f"""\
name: tiny
task: sentence-vectors
about: For tests.
languages: [en]
licence: MIT
files:
  big.bin: {{sha256: {"b" * 64}, bytes: 9}}
  small.json: {{sha256: {HASH}, bytes: 3}}
sources:
  - packages:
      - name: some-data
        version: 1.0.0
        sha256: {HASH}
    files:
      big.bin: [data/one, data/two]
  - hub: {{repository: some/model, revision: abc}}
"""


def faults(folder: Path, old: str, new: str) -> list[int]:
    assert old in GOOD
    path = folder / "model.yaml"
    path.write_text(GOOD.replace(old, new), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_card(path)
    return sorted({problem.line for problem in caught.value.problems})


def test_a_card_is_read_with_its_sources_in_order(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(GOOD, "utf-8")
    card = read_card(tmp_path / "model.yaml")
    assert ["PackageSource", "HubSource"] == [type(source).__name__ for source in card.sources]
    assert card.sha256 == "b" * 64  # of the largest file


def test_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    assert faults(tmp_path, "task: sentence-vectors", "task: cooking") == [2]
    assert faults(tmp_path, "licence: MIT\n", "license: MIT\n") == [1, 5]
    assert faults(tmp_path, f"{HASH}, bytes: 3", "short, bytes: 0") == [8]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("big.bin: {sha", "../big.bin: {sha"),
        ("name: some-data", "name: --index-url=http://elsewhere"),
        ("name: some-data", 'name: "some-data\\n--pre"'),
        ("version: 1.0.0", "version: 1.0.0 --no-verify"),
    ],
)
def test_names_that_could_lead_elsewhere_are_refused(old: str, new: str, tmp_path: Path) -> None:
    assert faults(tmp_path, old, new)


def test_all_cards_of_the_project_can_be_read(repository: Path) -> None:
    cards = read_cards(repository / "models")
    assert {"whisper-base", "multilingual-e5-small", "campplus", "sentiment", "causes"} <= {card.name for card in cards}
    assert all(
        card.name == path.parent.name
        for card, path in zip(cards, sorted((repository / "models").glob("*/model.yaml")), strict=True)
    )
    assert all(card.licence and card.about for card in cards)


def test_the_example_of_a_site_s_classifier_in_the_docs_can_be_read(tmp_path: Path, repository: Path) -> None:
    text = (repository / "docs" / "models.md").read_text("utf-8").split("## A classifier of your own")[1]
    (tmp_path / "model.yaml").write_text(text.split("```yaml\n")[1].split("```")[0], "utf-8")
    checkpoint = read_card(tmp_path / "model.yaml").checkpoint
    assert checkpoint is not None
    assert {"complaint", *checkpoint.claims} <= set(checkpoint.labels)


@pytest.mark.parametrize("given", ["0", "-1", ".inf", ".nan"])
def test_a_temperature_is_more_than_nothing_and_finite(given: str, tmp_path: Path) -> None:
    checkpoint = f"checkpoint:\n  temperature: {given}\n  folder: x\n  labels: {{positive: LABEL_0}}\n"
    head = GOOD.split("files:", maxsplit=1)[0].replace("sentence-vectors", "sentiment")
    (tmp_path / "model.yaml").write_text(head + checkpoint, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_card(tmp_path / "model.yaml")
    assert [7] == [problem.line for problem in caught.value.problems]
