"""The text that the act tagger is trained and tested on: complete."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qa_pipeline.signals.cues import ACTS
from qa_pipeline.training.data import Example, read_examples
from qa_pipeline.training.near import letters

DATA = Path(__file__).parents[2] / "models" / "acts" / "data"
EXAMPLES = read_examples(DATA, "acts")
LEAST = {"train": 60, "test": 25}


def split(name: str, language: str) -> list[Example]:
    return [one for one in EXAMPLES if (one.split, one.language) == (name, language)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["train", "test"])
def test_there_are_enough_lines_for_every_act(language: str, name: str) -> None:
    lines = split(name, language)
    done = Counter(act for one in lines for act in one.labels)
    near = Counter(one.near for one in lines)
    assert {} == {act: (done[act], near[act]) for act in ACTS if min(done[act], near[act]) < LEAST[name]}


def test_labels_are_known_and_a_near_miss_is_none() -> None:
    assert {act for one in EXAMPLES for act in (*one.labels, *([one.near] if one.near else []))} == set(ACTS)
    assert [one.text for one in EXAMPLES if one.near in one.labels] == []


def test_customers_and_recordings_do_nothing_for_the_agent() -> None:
    assert {one.party for one in EXAMPLES} == {"agent", "customer", "recording"}
    assert [one.text for one in EXAMPLES if one.party != "agent" and one.labels] == []


def test_no_text_occurs_twice() -> None:
    times = Counter((one.language, letters(one.text)) for one in EXAMPLES)
    assert [text for text, n in times.items() if n > 1] == []
