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
CONFIG, WEIGHTS = "config.json", "model.safetensors"
WORDS = ("tokenizer.json", "vocab.txt")  # without one of them transformers makes a tokenizer that knows no word
LOCAL: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}


class Classifier:
    """Chances of labels from a sequence classification checkpoint (`contracts.Tagger`).

    `labels` gives for each label of ours the checkpoint's own. A label is claimed from its `claims` on. `exclusive`:
    one label is true (softmax over the labels asked for), else each for itself (sigmoid). `temperature` divides the
    scores, so that chances mean what they say.
    """

    def __init__(
        self,
        checkpoint: Path,
        labels: Mapping[str, str],
        *,
        exclusive: bool,
        claims: Mapping[str, float],
        temperature: float = 1.0,
    ) -> None:
        """Hashes the files and looks for the labels; weights are loaded when first used.

        Raises ModelError when a file or a label is missing, or the file of weights is cut short.
        """
        files = _files(checkpoint)
        self.labels = tuple(labels)
        self.claims = tuple(claims.get(label, 0.5) for label in labels)
        self.doubts, self.backs = self.claims, tuple(0.0 for _ in labels)
        self._checkpoint = checkpoint
        self._columns = _columns(checkpoint, tuple(labels.values()))
        self._exclusive = exclusive
        self._temperature = temperature
        self._remembered = Remembered(self._chances, keep=KEEP)
        hashes = [(path.name, _sha256(path)) for path in files]
        self.fingerprint = fingerprint(
            "classifier 2", hashes, tuple(labels.items()), exclusive, self.claims, temperature
        )

    def chances(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Shape (len(texts), len(labels)), 0 to 1."""
        if not texts:
            return np.zeros((0, len(self.labels)))
        return self._remembered.rows(texts)

    def _chances(self, text: str) -> NDArray[np.float64]:
        import torch  # noqa: PLC0415 - heavy

        tokenizer, model = self._parts
        tokens = tokenizer([text], truncation=True, max_length=LONGEST, return_tensors="pt")
        with torch.inference_mode():
            scores = model(**tokens).logits[0, self._columns].double().numpy()
        return chances_of(scores, exclusive=self._exclusive, temperature=self._temperature)

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        """(tokenizer, model). Raises ModelError when weights are missing: chance would take their place."""
        no_telemetry()
        import torch  # noqa: PLC0415 - heavy
        from transformers import AutoModelForSequenceClassification, AutoTokenizer, logging  # noqa: PLC0415 - heavy

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # untyped in transformers
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # untyped in transformers
        model, loaded = AutoModelForSequenceClassification.from_pretrained(
            self._checkpoint,
            **LOCAL,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
        if loaded["missing_keys"]:
            raise _broken(self._checkpoint / WEIGHTS, f"lacks {', '.join(sorted(loaded['missing_keys']))}")
        return AutoTokenizer.from_pretrained(self._checkpoint, **LOCAL), model.eval()


def _files(checkpoint: Path) -> list[Path]:
    """What the classifier is read from. Raises ModelError when some of it is missing or the weights' file is none."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - heavy

    needed = [checkpoint / CONFIG, checkpoint / WEIGHTS]
    words = [path for path in (checkpoint / name for name in WORDS) if path.is_file()]
    missing = [*(path.name for path in needed if not path.is_file()), *([] if words else ["tokenizer.json"])]
    if missing:
        why = f"it lacks {', '.join(missing)}" if checkpoint.is_dir() else "there is no such folder"
        raise ModelError(
            f"{checkpoint} holds no classifier: {why}.",
            code="classifier_missing",
            hint=f"It needs {CONFIG}, {WEIGHTS} and the tokenizer's files.",
        )
    try:
        with safe_open(checkpoint / WEIGHTS, "np"):
            return [*needed, *words, *(path for path in [checkpoint / "tokenizer_config.json"] if path.is_file())]
    except SafetensorError as error:
        raise _broken(checkpoint / WEIGHTS, f"cannot be read: {error}") from error


def _columns(checkpoint: Path, labels: Sequence[str]) -> list[int]:
    """The checkpoint's column of each of its labels. Raises ModelError when one is not there."""
    no_telemetry()
    from transformers import AutoConfig  # noqa: PLC0415 - heavy

    try:
        named = AutoConfig.from_pretrained(checkpoint, **LOCAL).id2label
    except (OSError, ValueError) as error:
        raise _broken(checkpoint / CONFIG, f"cannot be read: {str(error).splitlines()[0]}") from error
    known = {label: column for column, label in named.items()}
    missing = [label for label in labels if label not in known]
    if missing:
        raise ModelError(
            f"The classifier has no label {', '.join(missing)}.",
            code="classifier_labels",
            hint=f"It has: {', '.join(known)}.",
        )
    return [known[label] for label in labels]


def _sha256(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _broken(path: Path, why: str) -> ModelError:
    return ModelError(f"{path} {why}.", code="classifier_broken", hint="Copy the classifier's folder again.")
