"""Taggers: their card, its weights, and that adapters merged say the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from qa_pipeline.domain import ModelError
from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.tagger import TaggerCard, TextTagger, read_card, write_card
from qa_pipeline.text.tagger_network import TaggerNetwork

WIDTH, LABELS = 16, 3


def layers() -> torch.nn.ModuleList:
    torch.manual_seed(1)
    small = BertConfig(
        hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, vocab_size=50
    )
    return BertModel(small).eval().encoder.layer


def network() -> TaggerNetwork:
    made = TaggerNetwork(layers(), labels=LABELS, width=WIDTH, rank=4).eval()
    with torch.no_grad():
        for value in made.trained().values():
            value.add_(0.1 * torch.randn_like(value))
    return made


def states(tokens: int) -> torch.Tensor:
    torch.manual_seed(tokens)
    return torch.randn(1, tokens, WIDTH)


def test_merging_the_adapters_changes_no_answer() -> None:
    made, mask = network(), torch.ones(1, 5, dtype=torch.bool)
    with torch.inference_mode():
        before = made(states(5), mask)
    made.merge()
    with torch.inference_mode():
        assert torch.allclose(before, made(states(5), mask), atol=1e-5)


def test_padding_changes_no_answer() -> None:
    made = network()
    padded = torch.cat([states(5), torch.full((1, 3, WIDTH), 9.0)], dim=1)
    mask = torch.tensor([[True] * 5 + [False] * 3])
    with torch.inference_mode():
        alone = made(states(5), torch.ones(1, 5, dtype=torch.bool))
        assert torch.allclose(alone, made(padded, mask), atol=1e-4)


def test_the_encoders_own_layers_stay_as_they_were() -> None:
    own = layers()
    before = {name: value.clone() for name, value in own.state_dict().items()}
    made = TaggerNetwork(own, labels=LABELS, width=WIDTH, rank=4)
    made.take({name: value + 1 for name, value in made.trained().items()})
    made.merge()
    assert all(torch.equal(before[name], value) for name, value in own.state_dict().items())


def test_only_adapters_and_attention_are_trained() -> None:
    trained = network().trained()
    assert all(name.endswith((".down", ".up")) or not name.startswith("layers.") for name in trained)
    assert {"norm.weight", "look.weight", "weigh", "bias"} <= set(trained)


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(KeyError):
        network().take({"bias": torch.zeros(LABELS)})


CARD = TaggerCard(
    labels=("apology",),
    exclusive=False,
    temperature=1.0,
    claims=(0.8,),
    doubts=(0.5,),
    backs=(0.1,),
    first_layer=1,
    rank=4,
    encoder="another",
    weights="0" * 64,
)


def test_a_card_comes_back(tmp_path: Path) -> None:
    write_card(CARD, tmp_path / "tagger.json")
    assert read_card(tmp_path / "tagger.json") == CARD


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"labels": 3}'])
def test_a_card_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "tagger.json").write_text(text, "utf-8")
    with pytest.raises(ModelError) as caught:
        read_card(tmp_path / "tagger.json")
    assert caught.value.code == "head_broken"


def test_a_card_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read_card(tmp_path / "tagger.json")
    assert caught.value.code == "head_missing"


def test_a_tagger_of_another_encoder_is_refused(tmp_path: Path) -> None:
    write_card(CARD, tmp_path / "tagger.json")
    with pytest.raises(ModelError) as caught:
        TextTagger(tmp_path, SentenceEncoder(tmp_path, sha256="0" * 64))
    assert caught.value.code == "head_of_other_encoder"


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    encoder = SentenceEncoder(tmp_path, sha256="0" * 64)
    path = tmp_path / "tagger.safetensors"
    save_file({"bias": torch.zeros(1)}, path)
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    write_card(replace(CARD, encoder=encoder.fingerprint, weights=right[::-1]), tmp_path / "tagger.json")
    with pytest.raises(ModelError, match="is not what its card says"):
        _ = TextTagger(tmp_path, encoder)._network


def test_a_changed_linear_model_is_refused(tmp_path: Path) -> None:
    encoder = SentenceEncoder(tmp_path, sha256="0" * 64)
    for name in ("tagger", "ngrams"):
        save_file({"bias": torch.zeros(1)}, tmp_path / f"{name}.safetensors")
    right = hashlib.sha256((tmp_path / "tagger.safetensors").read_bytes()).hexdigest()
    write_card(replace(CARD, encoder=encoder.fingerprint, weights=right, ngrams=right[::-1]), tmp_path / "tagger.json")
    with pytest.raises(ModelError, match=r"ngrams\.safetensors is not what its card says"):
        _ = TextTagger(tmp_path, encoder)._ngrams


def test_a_card_of_before_there_were_ngrams_is_read(tmp_path: Path) -> None:
    old = asdict(CARD)
    del old["ngrams"]
    (tmp_path / "tagger.json").write_text(json.dumps(old), "utf-8")
    assert read_card(tmp_path / "tagger.json").ngrams == ""


@pytest.mark.models
def test_the_shipped_tagger_hears_other_words(encoder: SentenceEncoder, repository: Path) -> None:
    tagger = TextTagger(repository / "models" / "acts", encoder)
    texts = [
        "Was there anything further you wanted to go through with me?",
        "The shop opens at nine.",
        "还有别的要我处理吗？",
    ]
    column = tagger.labels.index("closing_check")
    chances = tagger.chances(texts)[:, column]
    assert chances[0] >= tagger.claims[column]
    assert chances[1] <= tagger.doubts[column]
    assert chances[2] >= tagger.claims[column]


@pytest.mark.models
def test_a_texts_chances_do_not_depend_on_its_neighbours(encoder: SentenceEncoder, repository: Path) -> None:
    folder = repository / "models" / "acts"
    alone = TextTagger(folder, encoder).chances(["One moment, please."])
    among = TextTagger(folder, encoder).chances(["Good morning.", "One moment, please.", "I am so sorry about that."])
    assert (alone[0] == among[1]).all()
