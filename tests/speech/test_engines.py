"""Both engines on the real weights, and without any."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from qa_pipeline.audio.decode import decode
from qa_pipeline.domain import EngineError, ModelError
from qa_pipeline.speech.engines import faster_whisper, openai_whisper
from qa_pipeline.speech.engines._options import NumbersInParts
from qa_pipeline.testing.engine_contract import CHECKS, Heard, Sounds, listen

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array_wrap__:DeprecationWarning"),  # whisper's median filter
    pytest.mark.filterwarnings("ignore:unclosed file.*multilingual.tiktoken:ResourceWarning"),  # its tokenizer
]
ENGINES = (faster_whisper, openai_whisper)


def make(module: ModuleType, folder: Path, **options: Any) -> Any:
    plain = {"model": "whisper-base", "sha256": "0" * 64, "threads": 1, "batch_size": 2}
    return module.engine(folder, **plain | options)


@pytest.fixture(scope="module")
def sounds(repository: Path) -> Sounds:
    english, chinese = (
        decode(repository / f"samples/audio/{name}.flac", 16_000).tracks[0] for name in ("en-01", "zh-01")
    )
    return Sounds(
        english=english.slice_ms(400, 2700),
        english_words=("thank you for calling",),
        chinese=chinese.slice_ms(4700, 6500),
        chinese_words=("什么", "可以帮"),
    )


@pytest.fixture(scope="module")
def heard(request: pytest.FixtureRequest, weights: Callable[[str], Path], sounds: Sounds) -> Heard:
    return listen(make(request.param, weights("whisper-base")), sounds)


@pytest.mark.models
@pytest.mark.parametrize("heard", ENGINES, ids=("faster-whisper", "openai-whisper"), indirect=True)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_engine_keeps_the_contract(check: Callable[[Heard], None], heard: Heard) -> None:
    check(heard)


@pytest.mark.parametrize("module", ENGINES)
def test_missing_weights_are_told_as_an_error_of_ours(module: ModuleType, tmp_path: Path) -> None:
    with pytest.raises((EngineError, ModelError)):
        make(module, tmp_path).recognise([np.zeros(16_000, np.float32)], "en")


@pytest.mark.parametrize("module", ENGINES)
def test_missing_weights_are_told_when_the_language_is_asked(module: ModuleType, tmp_path: Path) -> None:
    with pytest.raises((EngineError, ModelError)):
        make(module, tmp_path).language_of(np.zeros(16_000, np.float32))


def test_what_can_change_the_words_is_in_the_provenance() -> None:
    prints = [
        make(module, Path(), **options).provenance
        for module in ENGINES
        for options in ({}, {"model": "whisper-small"}, {"sha256": "1" * 64})
    ]
    assert len(set(prints)) == len(prints)


def test_windows_go_in_batches_on_a_graphics_card_alone() -> None:
    card, cpu = (
        {batch: make(faster_whisper, Path(), device=one, batch_size=batch).provenance for batch in (2, 3)}
        for one in ("cuda", "cpu")
    )
    assert card[2] != card[3]
    assert cpu[2] == cpu[3] != card[2]


def test_threads_change_no_provenance() -> None:
    assert all(make(one, Path()).provenance == make(one, Path(), threads=4).provenance for one in ENGINES)


class Tokens:
    """Each token is its text; words are parted at blanks."""

    eot = 99
    texts = (" my", " 84", "523", "9", " b", "2")

    def decode(self, tokens: list[int]) -> str:
        return "".join(self.texts[token] for token in tokens)

    def split_to_word_tokens(self, tokens: list[int]) -> tuple[list[str], list[list[int]]]:
        groups: list[list[int]] = []
        for token in tokens:
            if self.texts[token].startswith(" "):
                groups.append([])
            groups[-1].append(token)
        return [self.decode(group) for group in groups], groups


def test_a_long_number_is_parted_so_that_its_figures_have_times_of_their_own() -> None:
    tokenizer = NumbersInParts(Tokens())
    assert tokenizer.split_to_word_tokens([0, 1, 2, 3, 4, 5]) == (
        [" my", " 84", "523", "9", " b2"],
        [[0], [1], [2], [3], [4, 5]],
    )
    assert tokenizer.eot == 99


def test_a_graphics_card_is_taken_when_it_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def compute_types(device: str) -> list[str]:
        return [dict(make(one, Path(), device=device).provenance.options)["compute_type"] for one in ENGINES]

    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert compute_types("auto") == compute_types("cpu") == ["int8", "float32"]
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr(faster_whisper, "CUBLAS", "libthere-is-none.so.12")
    assert compute_types("auto") == ["int8", "float16"]  # a card without its library is of no use
    assert compute_types("cuda") == ["float16", "float16"]
