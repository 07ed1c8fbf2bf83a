"""Which dialogue acts a piece of text may do: the trained layer beside the phrases. JSON and safetensors, no pickle."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError, fingerprint
from qa_pipeline.text.embed import SentenceEncoder

HINT = "`qa train acts` writes it."
KEEP = 8192  # texts whose chances are remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggerCard:
    """What a tagger is besides its weights.

    For each label three limits: claimed from `claims` on, possible from `doubts` on, denied up to `denials`.
    `first_layer` is the first adapted layer of the encoder, `encoder` its fingerprint, `weights` the SHA-256 of the
    weights' file.
    """

    labels: tuple[str, ...]
    claims: tuple[float, ...]
    doubts: tuple[float, ...]
    denials: tuple[float, ...]
    first_layer: int
    rank: int
    encoder: str
    weights: str


class ActTagger:
    """Chances of every act in texts, each text for itself, so that a text's chances do not depend on its neighbours."""

    def __init__(self, folder: Path, encoder: SentenceEncoder) -> None:
        """Reads the card; weights are loaded when first used. Raises ModelError."""
        self.card = read_card(folder / "tagger.json")
        if self.card.encoder != encoder.fingerprint:
            raise ModelError(
                "The act tagger does not belong to this sentence encoder.",
                code="head_of_other_encoder",
                hint="Run `qa train acts` after changing the encoder.",
            )
        self._folder = folder
        self._encoder = encoder
        self._lock = threading.Lock()
        self._known: dict[str, NDArray[np.float64]] = {}
        self.labels = self.card.labels
        self.claims, self.doubts, self.denials = self.card.claims, self.card.doubts, self.card.denials
        self.fingerprint = fingerprint("act tagger 1", self.card)

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (len(texts), len(labels)), 0 to 1."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        with self._lock:
            return np.stack([self._remembered(text) for text in texts])

    def _remembered(self, text: str) -> NDArray[np.float64]:
        if text not in self._known:
            if len(self._known) >= KEEP:
                self._known.clear()
            self._known[text] = self._chances(text)
        return self._known[text]

    def _chances(self, text: str) -> NDArray[np.float64]:
        import torch  # noqa: PLC0415 - heavy

        with torch.inference_mode():
            states = self._encoder.states(text, self.card.first_layer)
            logits = self._network(states, torch.ones(states.shape[:2], dtype=torch.bool))
            chances: NDArray[np.float64] = logits[0].sigmoid().double().numpy()
        return chances

    @cached_property
    def _network(self) -> Any:  # noqa: ANN401 - torch is imported here only
        from safetensors.torch import load_file  # noqa: PLC0415 - heavy

        from qa_pipeline.text.tagger_network import TaggerNetwork  # noqa: PLC0415 - heavy

        path = self._folder / "tagger.safetensors"
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != self.card.weights:
            raise ModelError(f"{path} is not what its card says.", code="head_broken", hint=HINT)
        layers = self._encoder.layers_from(self.card.first_layer)
        network = TaggerNetwork(layers, labels=len(self.labels), width=self._encoder.width, rank=self.card.rank)
        network.take(load_file(path))
        network.merge()
        return network.eval()


def write_card(card: TaggerCard, path: Path) -> None:
    """Writes the card as JSON."""
    path.write_text(json.dumps(asdict(card), indent=1) + "\n", "utf-8")


def read_card(path: Path) -> TaggerCard:
    """Raises ModelError when the file is missing or is no card."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return TaggerCard(
            labels=tuple(raw["labels"]),
            claims=tuple(raw["claims"]),
            doubts=tuple(raw["doubts"]),
            denials=tuple(raw["denials"]),
            first_layer=int(raw["first_layer"]),
            rank=int(raw["rank"]),
            encoder=str(raw["encoder"]),
            weights=str(raw["weights"]),
        )
    except FileNotFoundError as error:
        raise ModelError(f"{path} is missing.", code="head_missing", hint=HINT) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} is no card of a tagger: {error}", code="head_broken") from error
