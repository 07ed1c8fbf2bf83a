"""Sentence vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_pipeline.text.embed import SentenceEncoder

TEXTS = [
    "When will I get my money back?",
    "我的退款什么时候能到账？",
    "The internet has been down since Monday.",
    "您好，请问有什么可以帮您？",
]


@pytest.mark.models
def test_vectors_have_length_one(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode([*TEXTS, "", "a" * 5000])
    assert ((6, 384), np.float32) == (vectors.shape, vectors.dtype)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.models
def test_a_text_has_the_same_vector_whatever_stands_beside_it(encoder: SentenceEncoder) -> None:
    long = "a much longer text " * 20
    asked = "One that no other test asks about."
    (alone,) = encoder.encode([asked])
    assert np.array_equal(alone, encoder._vector(asked))
    assert np.array_equal(alone, encoder.encode([long, asked, *TEXTS])[1])


@pytest.mark.models
def test_the_same_meaning_in_two_languages_is_closest(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    likeness = vectors @ vectors.T - 2 * np.eye(len(TEXTS))
    assert (1, 0) == (int(likeness[0].argmax()), int(likeness[1].argmax()))


@pytest.mark.models
def test_states_of_several_texts_are_those_of_each_alone(encoder: SentenceEncoder) -> None:
    together, mask = encoder.states(TEXTS, 4)
    for text, states, there in zip(TEXTS, together, mask, strict=True):
        (alone,), (whole,) = encoder.states([text], 4)
        assert whole.all()
        np.testing.assert_allclose(states[there].detach(), alone.detach(), atol=1e-4)


@pytest.mark.models
def test_an_encoder_that_first_inferred_can_train(encoder: SentenceEncoder) -> None:
    import torch

    fresh = SentenceEncoder(encoder._folder, sha256="")
    with torch.inference_mode():
        fresh.states(TEXTS, 0)
    states, _ = fresh.states(TEXTS, 1)
    assert states.requires_grad


def test_no_texts_give_no_vectors() -> None:
    assert SentenceEncoder(Path("nowhere"), sha256="").encode([]).shape == (0, 384)


def test_other_weights_are_another_fingerprint() -> None:
    assert SentenceEncoder(Path(), sha256="a").fingerprint != SentenceEncoder(Path(), sha256="b").fingerprint
    assert (
        SentenceEncoder(Path(), sha256="a", threads=1).fingerprint == SentenceEncoder(Path("x"), sha256="a").fingerprint
    )
