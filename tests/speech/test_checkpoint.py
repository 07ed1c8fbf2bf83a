"""Whisper's weights out of CTranslate2's form: written by CTranslate2, read by us."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError
from qa_pipeline.speech.checkpoint import read_whisper

WIDTH, HEADS, LAYERS, VOCABULARY = 4, 2, 2, 11


class Writer:
    """A tiny Whisper in CTranslate2's own classes; remembers which values it put where."""

    def __init__(self, *, key_bias: float = 0.0) -> None:
        self.random = np.random.default_rng(1)
        self.key_bias = key_bias

    def array(self, *shape: int) -> NDArray[np.float16]:
        return self.random.standard_normal(shape).astype(np.float16)

    def linear(self, spec: Any, rows: int, columns: int, *kernel: int) -> None:
        spec.weight, spec.bias = self.array(rows, columns, *kernel), self.array(rows)

    def norm(self, spec: Any) -> None:
        spec.gamma, spec.beta = self.array(WIDTH), self.array(WIDTH)

    def attention(self, spec: Any, *, cross: bool = False) -> None:
        self.norm(spec.layer_norm)
        first, *rest = spec.linear
        if cross:
            self.linear(first, WIDTH, WIDTH)
            first = rest.pop(0)
        self.linear(first, WIDTH * (2 if cross else 3), WIDTH)
        key = slice(0, WIDTH) if cross else slice(WIDTH, 2 * WIDTH)
        first.bias[key] = self.key_bias
        self.linear(rest[0], WIDTH, WIDTH)

    def write(self, folder: Path) -> Any:
        from ctranslate2.specs import WhisperSpec

        spec = WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
        self.linear(spec.encoder.conv1, WIDTH, 80, 3)
        self.linear(spec.encoder.conv2, WIDTH, WIDTH, 3)
        spec.encoder.position_encodings.encodings = self.array(6, WIDTH)
        spec.decoder.position_encodings.encodings = self.array(5, WIDTH)
        spec.decoder.embeddings.weight = self.array(VOCABULARY, WIDTH)
        spec.decoder.projection.weight = spec.decoder.embeddings.weight
        for side in (spec.encoder, spec.decoder):
            self.norm(side.layer_norm)
            for layer in side.layer:
                self.attention(layer.self_attention)
                if side is spec.decoder:
                    self.attention(layer.attention, cross=True)
                self.norm(layer.ffn.layer_norm)
                self.linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
                self.linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
        spec.register_vocabulary([str(number) for number in range(VOCABULARY)])
        spec.validate()
        spec.optimize(quantization=None)
        spec.save(str(folder))
        return spec


def values(variable: Any) -> NDArray[Any]:
    array: NDArray[Any] = variable.numpy()
    return array


def test_a_model_written_by_ctranslate2_is_read_to_the_last_value(tmp_path: Path) -> None:
    spec = Writer().write(tmp_path)
    _, tensors = read_whisper(tmp_path)
    merged = spec.encoder.layer[1].self_attention.linear[0]
    cross = spec.decoder.layer[0].attention.linear[1]
    for expected, name in (
        (values(spec.encoder.conv1.weight), "encoder.conv1.weight"),
        (values(spec.decoder.embeddings.weight), "decoder.token_embedding.weight"),
        (values(spec.decoder.position_encodings.encodings), "decoder.positional_embedding"),
        (values(merged.weight)[:WIDTH], "encoder.blocks.1.attn.query.weight"),
        (values(merged.weight)[WIDTH : 2 * WIDTH], "encoder.blocks.1.attn.key.weight"),
        (values(merged.bias)[2 * WIDTH :], "encoder.blocks.1.attn.value.bias"),
        (values(cross.weight)[:WIDTH], "decoder.blocks.0.cross_attn.key.weight"),
        (values(cross.bias)[WIDTH:], "decoder.blocks.0.cross_attn.value.bias"),
        (values(spec.decoder.layer[1].ffn.linear_1.weight), "decoder.blocks.1.mlp.2.weight"),
        (values(spec.decoder.layer_norm.gamma), "decoder.ln.weight"),
    ):
        np.testing.assert_array_equal(tensors[name], expected, err_msg=name)


def test_the_dimensions_and_tensors_are_those_that_whisper_has(tmp_path: Path) -> None:
    import torch
    from whisper.model import ModelDimensions, Whisper

    Writer().write(tmp_path)
    dimensions, tensors = read_whisper(tmp_path)
    assert dimensions == {
        "n_mels": 80,
        "n_vocab": VOCABULARY,
        "n_audio_ctx": 6,
        "n_audio_state": WIDTH,
        "n_audio_head": HEADS,
        "n_audio_layer": LAYERS,
        "n_text_ctx": 5,
        "n_text_state": WIDTH,
        "n_text_head": HEADS,
        "n_text_layer": LAYERS,
    }
    model = Whisper(ModelDimensions(**dimensions))
    model.load_state_dict({name: torch.from_numpy(array) for name, array in tensors.items()})  # strict: all or nothing


def test_a_key_with_a_bias_is_refused(tmp_path: Path) -> None:
    Writer(key_bias=1.0).write(tmp_path)
    with pytest.raises(ModelError, match="key has a bias"):
        read_whisper(tmp_path)


@pytest.mark.parametrize("size", [0, 3, 40, 400, 4000])
def test_a_file_cut_short_is_refused(size: int, tmp_path: Path) -> None:
    Writer().write(tmp_path)
    path = tmp_path / "model.bin"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ModelError) as caught:
        read_whisper(tmp_path)
    assert caught.value.code == "model_unreadable"


def test_another_version_another_kind_and_no_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        read_whisper(tmp_path)
    Writer().write(tmp_path)
    path = tmp_path / "model.bin"
    good = path.read_bytes()
    path.write_bytes(b"\x07" + good[1:])
    with pytest.raises(ModelError, match="version 7"):
        read_whisper(tmp_path)
    path.write_bytes(good.replace(b"WhisperSpec", b"WhimperSpec", 1))
    with pytest.raises(ModelError, match="WhimperSpec"):
        read_whisper(tmp_path)


def test_a_quantised_model_is_refused(tmp_path: Path) -> None:
    class Quantised(Writer):
        def linear(self, spec: Any, rows: int, columns: int, *kernel: int) -> None:
            super().linear(spec, rows, columns, *kernel)
            if not kernel:
                spec.weight = np.ones((rows, columns), np.int8)
                spec.weight_scale = np.ones(rows, np.float32)

    Quantised().write(tmp_path)
    with pytest.raises(ModelError, match="quantised"):
        read_whisper(tmp_path)
