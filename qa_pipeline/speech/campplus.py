"""Voices as vectors: CAM++ of 3D-Speaker on filter banks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError, fingerprint
from qa_pipeline.speech.fbank import log_mel

WIDTH = 192
WEIGHTS = "campplus_cn_en_common.pt"
SHORTEST = 8_000  # samples: sound under half a second is repeated up to this length
LEVEL = 0.1  # root mean square
BATCH = 8


class CamPlusPlusVoices:
    """Fits contracts.VoiceEncoder. Weights are loaded when the first piece comes; raises ModelError then."""

    def __init__(self, folder: Path, *, sha256: str, threads: int = 0) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self.fingerprint = fingerprint("campplus 2", sha256)

    def encode(self, pieces: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Shape (len(pieces), 192), float32, rows of length 1. Pieces equally long are worked on together."""
        vectors = np.zeros((len(pieces), WIDTH), np.float32)
        with self._lock:
            for places in _batches(pieces):
                vectors[places] = self._vectors(np.stack([_features(pieces[place]) for place in places]))
        return vectors

    def _vectors(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        network = self._network
        import torch  # noqa: PLC0415 - heavy

        with torch.inference_mode():
            found: NDArray[np.float32] = network(torch.from_numpy(features)).numpy()
        unit: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
        return unit

    @cached_property
    def _network(self) -> Any:  # noqa: ANN401 - torch is loaded late
        import torch  # noqa: PLC0415 - heavy

        from qa_pipeline.speech.campplus_network import CamPlusPlus  # noqa: PLC0415 - brings torch

        if self._threads:
            torch.set_num_threads(self._threads)
        network = CamPlusPlus()
        path = self._folder / WEIGHTS
        try:
            network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        except Exception as error:  # whatever damaged bytes lead torch to
            raise ModelError(f"{path} cannot be used: {type(error).__name__}.", code="model_unreadable") from error
        return network.eval()


def _batches(pieces: Sequence[NDArray[np.float32]]) -> list[list[int]]:
    """The pieces' places, those of one length together, at most eight at a time."""
    by_length: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        by_length.setdefault(len(piece), []).append(place)
    return [places[at : at + BATCH] for places in by_length.values() for at in range(0, len(places), BATCH)]


def _features(piece: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log mel energies at one level, less their mean, which takes the line's own sound off.

    The bands above what a telephone carries are nearly empty: without one level the floor of the energies would make
    loud and soft speech of one voice differ there.
    """
    if len(piece) < SHORTEST:
        piece = np.resize(piece, SHORTEST) if len(piece) else np.zeros(SHORTEST, np.float32)
    mel = log_mel(piece * np.float32(LEVEL / max(float(np.sqrt(np.mean(piece**2))), 1e-6)))
    centred: NDArray[np.float32] = mel - mel.mean(axis=0)
    return centred
