"""A sentence encoder small enough to train on in a test: random vectors for words, two layers of attention."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORDS = 200


class TinyEncoder:
    """Has what training and networks ask of `text.embed.SentenceEncoder`; the same in every process."""

    width = 16
    fingerprint = "tiny"

    def __init__(self) -> None:
        import torch  # noqa: PLC0415 - heavy
        from transformers import BertConfig, BertModel  # noqa: PLC0415 - heavy

        torch.manual_seed(1)
        sizes: dict[str, Any] = {"hidden_size": self.width, "intermediate_size": 32}
        config = BertConfig(vocab_size=WORDS, num_hidden_layers=2, num_attention_heads=2, **sizes)
        self._model = BertModel(config).eval()  # type: ignore[no-untyped-call]  # untyped in transformers

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 16), unit vectors."""
        vectors = np.stack([self.states([text], 0)[0][0].mean(dim=0).detach().numpy() for text in texts])
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def states(self, texts: Sequence[str], layer: int) -> Any:  # noqa: ANN401 - torch tensors
        """(states, mask), shapes (texts, tokens, 16) and (texts, tokens)."""
        import torch  # noqa: PLC0415 - heavy

        from qa_pipeline.text.tagger_network import hiding  # noqa: PLC0415 - heavy

        words = [torch.tensor([zlib.crc32(word.encode()) % WORDS for word in text.split()]) for text in texts]
        tokens = torch.nn.utils.rnn.pad_sequence(words, batch_first=True)
        mask = torch.arange(tokens.shape[1])[None, :] < torch.tensor([len(one) for one in words])[:, None]
        states = self._model.embeddings(input_ids=tokens)
        for one in self._model.encoder.layer[:layer]:
            given = one(states, attention_mask=hiding(mask))
            states = given[0] if isinstance(given, tuple) else given
        return states, mask

    def layers_from(self, layer: int) -> Any:  # noqa: ANN401 - torch modules
        """The layers from this one on."""
        return self._model.encoder.layer[layer:]
