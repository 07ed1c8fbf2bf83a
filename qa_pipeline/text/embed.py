"""Sentence vectors: multilingual-e5-small through transformers, one space for English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import fingerprint
from qa_pipeline.quiet import no_telemetry
from qa_pipeline.text.remembered import Remembered

WIDTH = 384
KEEP = 4096  # texts whose vectors are remembered


class SentenceEncoder:
    """Unit vectors of texts: the mean over all tokens, as the model was trained, with "query: " before each text.

    Every text is encoded on its own, so that its vector does not depend on its neighbours in a batch.
    """

    width = WIDTH

    def __init__(self, folder: Path, *, sha256: str, threads: int = 0) -> None:
        self._folder = folder
        self._threads = threads
        self._remembered = Remembered(self._vector, keep=KEEP)
        self.fingerprint = fingerprint("e5 query mean 1", sha256)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 384), float32, rows of length 1."""
        if not texts:
            return np.zeros((0, WIDTH), np.float32)
        return self._remembered.rows(texts)

    def states(self, texts: Sequence[str], layer: int) -> Any:  # noqa: ANN401 - torch tensors
        """(states, mask): what goes into a layer (0 is the first), (texts, tokens, width), and which tokens are there.

        Texts of unlike lengths are padded; to rounding error their states are those that each has alone.
        """
        from qa_pipeline.text.tagger_network import hiding  # noqa: PLC0415 - heavy

        tokenizer, model = self._parts
        said = [f"query: {text}" for text in texts]
        batch = tokenizer(said, truncation=True, max_length=256, padding=True, return_tensors="pt")
        mask = batch["attention_mask"].bool()
        hidden = None if mask.all() else hiding(mask)
        states = model.embeddings(input_ids=batch["input_ids"])
        for one in model.encoder.layer[:layer]:
            given = one(states, attention_mask=hidden)
            states = given[0] if isinstance(given, tuple) else given
        return states, mask

    def layers_from(self, layer: int) -> Any:  # noqa: ANN401 - torch modules
        """The model's layers from this one on."""
        return self._parts[1].encoder.layer[layer:]

    def _vector(self, text: str) -> NDArray[np.float32]:
        import torch  # noqa: PLC0415 - heavy

        tokenizer, model = self._parts
        batch = tokenizer([f"query: {text}"], truncation=True, max_length=256, return_tensors="pt")
        with torch.inference_mode():
            hidden = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state[0]
        vector = hidden.mean(dim=0).numpy().astype(np.float32)
        unit: NDArray[np.float32] = vector / np.linalg.norm(vector)
        return unit

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        no_telemetry()
        import torch  # noqa: PLC0415 - heavy
        from transformers import AutoModel, AutoTokenizer, logging  # noqa: PLC0415 - heavy

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped in transformers
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped in transformers
        if self._threads:
            torch.set_num_threads(self._threads)
        with torch.inference_mode(mode=False):  # whoever asks first may only infer; who asks later may train
            model = AutoModel.from_pretrained(
                self._folder, local_files_only=True, dtype=torch.float32, add_pooling_layer=False
            )
        return AutoTokenizer.from_pretrained(self._folder, local_files_only=True), model.eval()
