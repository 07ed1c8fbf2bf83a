"""CAM++ on its real weights, and without any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.audio.decode import decode
from qa_pipeline.domain import ModelError
from qa_pipeline.speech.campplus import WEIGHTS, CamPlusPlusVoices
from qa_pipeline.weights.card import read_card


@pytest.fixture(scope="module")
def encoder(weights: Callable[[str], Path]) -> CamPlusPlusVoices:
    return CamPlusPlusVoices(weights("campplus"), sha256="0" * 64, threads=1)


@pytest.fixture(scope="module")
def pieces(repository: Path) -> list[NDArray[np.float32]]:
    """Two of the agent, two of the customer, and a short one of the agent."""
    agent, customer = decode(repository / "samples/audio/en-01.flac", 16_000).tracks
    return [
        agent.slice_ms(1000, 3000),
        agent.slice_ms(14500, 16500),
        customer.slice_ms(6000, 8000),
        customer.slice_ms(9000, 11000),
        agent.slice_ms(15000, 15300),
    ]


@pytest.mark.models
def test_one_voice_is_nearer_to_itself_than_to_another(
    encoder: CamPlusPlusVoices, pieces: list[NDArray[np.float32]]
) -> None:
    cosine = encoder.encode(pieces) @ encoder.encode(pieces).T
    assert min(cosine[0, 1], cosine[2, 3]) > 0.6
    assert cosine[:2, 2:4].max() < 0.5


@pytest.mark.models
def test_vectors_have_length_one_whatever_the_piece(
    encoder: CamPlusPlusVoices, pieces: list[NDArray[np.float32]]
) -> None:
    odd = [*pieces, np.zeros(0, np.float32), np.zeros(3, np.float32), np.zeros(20_000, np.float32)]
    vectors = encoder.encode(odd)
    assert (len(odd), 192) == vectors.shape
    assert np.allclose(1, np.linalg.norm(vectors, axis=1), atol=1e-5)
    assert (0, 192) == encoder.encode([]).shape


@pytest.mark.models
def test_the_same_pieces_give_the_same_vectors_in_any_order(
    encoder: CamPlusPlusVoices, pieces: list[NDArray[np.float32]]
) -> None:
    once = encoder.encode(pieces)
    assert np.array_equal(once, encoder.encode(pieces))
    assert np.allclose(once[::-1], encoder.encode(pieces[::-1]), atol=1e-4)


@pytest.mark.models
def test_level_does_not_matter(encoder: CamPlusPlusVoices, pieces: list[NDArray[np.float32]]) -> None:
    loud, soft = encoder.encode([pieces[0], pieces[0] / 4])
    assert float(loud @ soft) > 0.98


def test_missing_or_damaged_weights_are_told_as_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        CamPlusPlusVoices(tmp_path, sha256="").encode([np.zeros(16_000, np.float32)])
    (tmp_path / WEIGHTS).write_bytes(b"no weights")
    with pytest.raises(ModelError):
        CamPlusPlusVoices(tmp_path, sha256="").encode([np.zeros(16_000, np.float32)])


def test_weights_are_in_the_fingerprint_and_threads_are_not(repository: Path) -> None:
    card = read_card(repository / "models/campplus/model.yaml")
    assert WEIGHTS in card.files
    one, two = (CamPlusPlusVoices(Path(), sha256=sha) for sha in (card.sha256, "1" * 64))
    assert one.fingerprint != two.fingerprint
    assert one.fingerprint == CamPlusPlusVoices(Path(), sha256=card.sha256, threads=4).fingerprint
