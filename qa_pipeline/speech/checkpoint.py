"""Whisper's weights out of a CTranslate2 model file, under the names that openai-whisper uses. NumPy alone.

CTranslate2 stores the projections for query, key and value in one matrix and gives the key a bias of zeros that
Whisper does not have; both are undone here. No value is changed: float16 in the file, the same float16 out.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError

BINARY_VERSION = 6
TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16, 5: np.uint16}
Arrays = dict[str, NDArray[Any]]


def read_whisper(folder: Path) -> tuple[dict[str, int], Arrays]:
    """(dimensions, tensors by openai-whisper's names) of the float16 model in `folder`. Raises ModelError."""
    path = folder / "model.bin"
    try:
        variables = _variables(path.read_bytes())
        return _dimensions(variables), _tensors(variables)
    except (OSError, struct.error, KeyError, ValueError) as error:
        raise ModelError(f"{path} cannot be used: {error}", code="model_unreadable") from error


class _Cursor:
    """A position in a byte string, with readers for CTranslate2's little-endian fields."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return int(value)

    def text(self) -> str:
        length = self.number("H")  # counts the closing NUL
        self.at += length
        return self.data[self.at - length : self.at].rstrip(b"\0").decode("utf-8")


def _variables(data: bytes) -> Arrays:
    cursor = _Cursor(data)
    version = cursor.number("I")
    if version != BINARY_VERSION:
        raise ValueError(f"binary version {version}, only {BINARY_VERSION} is known")
    spec = cursor.text()
    if spec != "WhisperSpec":
        raise ValueError(f"it holds no Whisper model but {spec}")
    cursor.number("I")  # revision of the spec
    variables: Arrays = {}
    for _ in range(cursor.number("I")):
        name = cursor.text()
        shape = [cursor.number("I") for _ in range(cursor.number("B"))]
        kind = np.dtype(TYPES[cursor.number("B")])
        size = cursor.number("I")
        variables[name] = np.frombuffer(data, kind, size // kind.itemsize, cursor.at).reshape(shape)
        cursor.at += size
    for _ in range(cursor.number("I")):
        alias = cursor.text()
        variables[alias] = variables[cursor.text()]
    if any(array.ndim > 1 and array.dtype != np.float16 for array in variables.values()):
        raise ValueError("it is quantised; openai-whisper needs the float16 model")
    return variables


def _layers(variables: Mapping[str, object], side: str) -> int:
    found = (re.match(rf"{side}/layer_(\d+)/", name) for name in variables)
    return 1 + max(int(match.group(1)) for match in found if match)


def _dimensions(variables: Arrays) -> dict[str, int]:
    width = variables["decoder/embeddings/weight"].shape[1]
    return {
        "n_mels": variables["encoder/conv1/weight"].shape[1],
        "n_vocab": variables["decoder/embeddings/weight"].shape[0],
        "n_audio_ctx": variables["encoder/position_encodings/encodings"].shape[0],
        "n_audio_state": width,
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": _layers(variables, "encoder"),
        "n_text_ctx": variables["decoder/position_encodings/encodings"].shape[0],
        "n_text_state": width,
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": _layers(variables, "decoder"),
    }


def _tensors(variables: Arrays) -> Arrays:
    tensors: Arrays = {"decoder.token_embedding.weight": np.array(variables["decoder/embeddings/weight"])}
    for conv in ("conv1", "conv2"):
        tensors |= _linear(variables, f"encoder.{conv}", f"encoder/{conv}")
    for side, last in (("encoder", "encoder.ln_post"), ("decoder", "decoder.ln")):
        tensors[f"{side}.positional_embedding"] = np.array(variables[f"{side}/position_encodings/encodings"])
        tensors |= _norm(variables, last, f"{side}/layer_norm")
        for layer in range(_layers(variables, side)):
            tensors |= _block(variables, f"{side}.blocks.{layer}", f"{side}/layer_{layer}", cross=side == "decoder")
    return tensors


def _block(variables: Arrays, to: str, source: str, *, cross: bool) -> Arrays:
    tensors = _norm(variables, f"{to}.attn_ln", f"{source}/self_attention/layer_norm")
    tensors |= _split(variables, f"{to}.attn", f"{source}/self_attention/linear_0", ("query", "key", "value"))
    tensors |= _linear(variables, f"{to}.attn.out", f"{source}/self_attention/linear_1")
    if cross:
        tensors |= _norm(variables, f"{to}.cross_attn_ln", f"{source}/attention/layer_norm")
        tensors |= _linear(variables, f"{to}.cross_attn.query", f"{source}/attention/linear_0")
        tensors |= _split(variables, f"{to}.cross_attn", f"{source}/attention/linear_1", ("key", "value"))
        tensors |= _linear(variables, f"{to}.cross_attn.out", f"{source}/attention/linear_2")
    tensors |= _norm(variables, f"{to}.mlp_ln", f"{source}/ffn/layer_norm")
    tensors |= _linear(variables, f"{to}.mlp.0", f"{source}/ffn/linear_0")
    tensors |= _linear(variables, f"{to}.mlp.2", f"{source}/ffn/linear_1")
    return tensors


def _norm(variables: Arrays, to: str, source: str) -> Arrays:
    return {f"{to}.weight": np.array(variables[f"{source}/gamma"]), f"{to}.bias": np.array(variables[f"{source}/beta"])}


def _linear(variables: Arrays, to: str, source: str) -> Arrays:
    return {f"{to}.{part}": np.array(variables[f"{source}/{part}"]) for part in ("weight", "bias")}


def _split(variables: Arrays, to: str, source: str, names: tuple[str, ...]) -> Arrays:
    weights = np.split(variables[f"{source}/weight"], len(names))
    biases = np.split(variables[f"{source}/bias"], len(names))
    tensors: Arrays = {}
    for name, weight, bias in zip(names, weights, biases, strict=True):
        tensors[f"{to}.{name}.weight"] = np.array(weight)
        if name != "key":
            tensors[f"{to}.{name}.bias"] = np.array(bias)
        elif bias.any():
            raise ModelError(f"{source}: the key has a bias, which Whisper has no place for.", code="model_unreadable")
    return tensors
