"""The linear model on n-grams: what it counts, and that a file keeps it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa_pipeline.domain import ModelError
from qa_pipeline.text.ngrams import BUCKETS, NgramModel, load_ngrams, ngrams, tallies


@pytest.fixture
def model() -> NgramModel:
    chooser = np.random.default_rng(1)
    return NgramModel(
        weights=chooser.integers(-127, 128, (2, BUCKETS)).astype(np.int8),
        step=np.array([0.1, 0.2], dtype=np.float32),
        bias=np.array([-1.0, 2.0], dtype=np.float32),
        rarity=chooser.uniform(1, 9, BUCKETS).astype(np.float16),
    )


def test_words_stand_alone_and_in_pairs() -> None:
    assert {"wstill", "wwaiting", "wstill waiting"} <= set(ngrams("Still waiting"))
    assert "wwaiting still" not in set(ngrams("Still waiting"))


def test_parts_of_words_tell_a_word_in_another_form() -> None:
    shared = set(ngrams("refund")) & set(ngrams("refunded"))
    assert {"l re", "lefu", "lfund"} <= shared
    assert "lund " not in shared


def test_chinese_counts_by_character_and_by_sound() -> None:
    assert {"w退", "w款", "w退 款", "stui", "skuan", "stui kuan"} == set(ngrams("退款"))


def test_characters_of_one_sound_share_it_and_no_more() -> None:
    assert {"stui", "skuan", "stui kuan"} <= set(ngrams("退款")) & set(ngrams("推款"))
    assert "w退 款" not in set(ngrams("推款"))


def test_case_marks_and_script_tell_nothing() -> None:
    assert sorted(ngrams("Where is it?!")) == sorted(ngrams("where is it"))
    assert sorted(ngrams("請問，退款")) == sorted(ngrams("请问退款"))


def test_tallies_count_what_stands_more_than_once() -> None:
    assert tallies(["late late late"]).max() == 3


def test_a_text_without_words_has_the_bias_alone(model: NgramModel) -> None:
    assert model.scores(["", "…"]).tolist() == [[-1.0, 2.0]] * 2


def test_a_text_scores_the_same_among_others(model: NgramModel) -> None:
    texts = ["the parcel never came", "退款没到", ""]
    together = model.scores(texts)
    assert together.shape == (3, 2)
    assert [model.scores([text])[0].tolist() for text in texts] == together.tolist()


def test_no_texts_have_no_scores(model: NgramModel) -> None:
    assert model.scores([]).shape == (0, 2)


def test_a_model_of_other_buckets_is_refused(model: NgramModel, tmp_path: Path) -> None:
    replace(model, weights=model.weights[:, :64]).save(tmp_path / "ngrams.safetensors")
    with pytest.raises(ModelError, match="other buckets"):
        load_ngrams(tmp_path / "ngrams.safetensors")


def test_a_model_comes_back_from_its_file(model: NgramModel, tmp_path: Path) -> None:
    model.save(tmp_path / "ngrams.safetensors")
    back = load_ngrams(tmp_path / "ngrams.safetensors")
    assert back.scores(["where is my refund"]).tolist() == model.scores(["where is my refund"]).tolist()
