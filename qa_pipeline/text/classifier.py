"""A fine-tuned transformers classifier in place of a network of ours. Local files only, safetensors, no pickle."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError, fingerprint
from qa_pipeline.quiet import no_telemetry
from qa_pipeline.text.remembered import Remembered
from qa_pipeline.text.tagger import chances_of

KEEP = 8192  # texts whose chances are remembered
LONGEST = 256  # tokens


class Classifier:
    """Chances of labels from a sequence classification checkpoint (`contracts.Tagger`).

    `labels` gives for each label of ours the checkpoint's own. A label is claimed from its `claims` on. `exclusive`:
    one label is true (softmax over the labels asked for), else each for itself (sigmoid).
    """

    def __init__(
        self, checkpoint: Path, labels: Mapping[str, str], *, exclusive: bool, claims: Mapping[str, float]
    ) -> None:
        """Reads the checkpoint's hash; it is loaded when first used. Raises ModelError when there is none."""
        weights = checkpoint / "model.safetensors"
        if not (checkpoint / "config.json").is_file() or not weights.is_file():
            raise ModelError(
                f"{checkpoint} holds no classifier.",
                code="classifier_missing",
                hint="It needs config.json, model.safetensors and the tokenizer's files.",
            )
        self.labels = tuple(labels)
        self.claims = tuple(claims.get(label, 0.5) for label in labels)
        self.doubts, self.backs = self.claims, tuple(0.0 for _ in labels)
        self._checkpoint = checkpoint
        self._theirs = tuple(labels.values())
        self._exclusive = exclusive
        self._remembered = Remembered(self._chances, keep=KEEP)
        with weights.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        self.fingerprint = fingerprint("classifier 1", digest, tuple(labels.items()), exclusive, self.claims)

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (len(texts), len(labels)), 0 to 1."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        return self._remembered.rows(texts)

    def _chances(self, text: str) -> NDArray[np.float64]:
        import torch  # noqa: PLC0415 - heavy

        tokenizer, model, columns = self._parts
        tokens = tokenizer([text], truncation=True, max_length=LONGEST, return_tensors="pt")
        with torch.inference_mode():
            scores = model(**tokens).logits[0, columns].double().numpy()
        return chances_of(scores, exclusive=self._exclusive, temperature=1.0)

    @cached_property
    def _parts(self) -> tuple[Any, Any, list[int]]:
        """(tokenizer, model, the checkpoint's column of each label). Raises ModelError when a label is not there."""
        no_telemetry()
        import torch  # noqa: PLC0415 - heavy
        from transformers import AutoModelForSequenceClassification, AutoTokenizer, logging  # noqa: PLC0415 - heavy

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped in transformers
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped in transformers
        model = AutoModelForSequenceClassification.from_pretrained(
            self._checkpoint, local_files_only=True, use_safetensors=True, dtype=torch.float32
        ).eval()
        known = model.config.label2id
        missing = [label for label in self._theirs if label not in known]
        if missing:
            raise ModelError(
                f"The classifier has no label {', '.join(missing)}.",
                code="classifier_labels",
                hint=f"It has: {', '.join(known)}.",
            )
        tokenizer = AutoTokenizer.from_pretrained(self._checkpoint, local_files_only=True)
        return tokenizer, model, [known[label] for label in self._theirs]
