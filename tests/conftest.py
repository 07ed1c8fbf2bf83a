"""What all tests share: the repository's folder and model weights."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.weights.card import read_card

ROOT = Path(__file__).parent.parent

# The same examples each time, and no deadline: a busy machine is no fault of the code.
hypothesis.settings.register_profile("qa", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("qa")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that no worker is left alone with one at the end (see the Makefile)."""
    marks = ("browser", "flows", "models", "slow")
    slow = {one.path for one in items if one.path.parent.name == "browser" or any(map(one.get_closest_marker, marks))}
    items.sort(key=lambda one: one.path not in slow)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def weights() -> Callable[[str], Path]:
    """The folder of a model's weights by the model's name; without them the test is skipped."""

    def folder(name: str) -> Path:
        place = Path(os.environ.get("QA_MODELS_DIR") or ROOT / "weights") / name
        lacking = [
            file for file in read_card(ROOT / "models" / name / "model.yaml").files if not (place / file).is_file()
        ]
        if lacking:
            pytest.skip(
                f"{place} lacks {', '.join(lacking)}: `qa models pull` gets the weights, QA_MODELS_DIR says where"
            )
        return place

    return folder


@pytest.fixture(scope="session")
def encoder(weights: Callable[[str], Path]) -> SentenceEncoder:
    """The real sentence encoder; use it with the marker `models`."""
    card = read_card(ROOT / "models" / "multilingual-e5-small" / "model.yaml")
    return SentenceEncoder(weights(card.name), sha256=card.sha256, threads=1)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformers classifier, a BERT of one layer, that has learnt three words: LABEL_0 is lovely, 1 bill, 2 awful.

    Change copies only.
    """
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    known = ["[PAD]", "[UNK]", "lovely", "awful", "bill"]
    folder = tmp_path_factory.mktemp("tiny")
    words = Tokenizer(models.WordLevel({word: at for at, word in enumerate(known)}, unk_token="[UNK]"))  # noqa: S106 - no password
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=words, unk_token="[UNK]", pad_token="[PAD]").save_pretrained(folder)  # noqa: S106 - no password
    torch.manual_seed(1)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    model = BertForSequenceClassification(BertConfig(vocab_size=len(known), num_labels=3, **sizes)).eval()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
    tokens = torch.tensor([[2], [4], [3]])
    for _ in range(60):
        optimiser.zero_grad()
        model(input_ids=tokens, labels=torch.tensor([0, 1, 2])).loss.backward()
        optimiser.step()
    model.save_pretrained(folder, safe_serialization=True)
    return folder


@pytest.fixture
def classifier_for(tmp_path: Path, checkpoint: Path) -> Callable[[str, str], Path]:
    """Puts the tiny classifier in a model's place; `settings` go into the card's checkpoint, and a folder comes back.

    It is the model's folder, in `tmp_path / "site"` for `trained_dir`.
    """

    def put(name: str, settings: str) -> Path:
        folder = tmp_path / "site" / name
        shutil.copytree(checkpoint, folder / "tiny")
        card = f"name: {name}\ntask: {name}\nabout: For tests.\nlanguages: [en, zh]\nlicence: MIT\n"
        (folder / "model.yaml").write_text(f"{card}checkpoint: {{folder: tiny, {settings}}}\n", "utf-8")
        return folder

    return put
