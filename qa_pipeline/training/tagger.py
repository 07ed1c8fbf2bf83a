"""Fitting a tagger: adapters in the encoder's upper layers and label-wise attention, on two processor cores.

The lower layers never change, so that their states are computed once. Everything is seeded: the same text gives the
same weights on the same machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qa_pipeline.text.embed import SentenceEncoder
from qa_pipeline.text.tagger_network import TaggerNetwork

SEED = 20260101
BATCH = 32
CHUNK = 1024  # texts among which those of like length go together
WARM_UP = 0.15
MOST_GRADIENT = 1.0
SMOOTH = 0.02  # what the targets are away from 0 and 1, so that chances stay chances


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to train: the first adapted layer, the rank of the adapters, how often to go through the texts, how fast.

    `misheard` is the share of the texts that come with slips of hearing, others each time (`mishear.py`). With
    `ngrams` half of a score comes from a linear model (`ngrams.py`).
    """

    first_layer: int = 4
    rank: int = 16
    epochs: int = 6
    rate: float = 1.2e-3
    misheard: float = 0.0
    ngrams: bool = False


def states_of(encoder: SentenceEncoder, texts: Sequence[str], layer: int, *, rough: bool = False) -> list[Tensor]:
    """For each text the states that go into `layer`, shape (tokens, width), kept at half precision.

    `rough`: computed at half precision too where the processor can: good enough to learn from, faster.
    """
    found: dict[int, Tensor] = {}
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=rough and _halves()):
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            states, mask = encoder.states([texts[row] for row in rows], layer)
            found |= {row: one[there].half() for row, one, there in zip(rows, states, mask, strict=True)}
    return [found[row] for row in range(len(texts))]


def fit_tagger(
    encoder: SentenceEncoder,
    readings: Sequence[Sequence[Tensor]],
    truth: NDArray[np.bool_],
    plan: Plan,
    *,
    exclusive: bool = False,
    tell: Callable[[str], None] = lambda line: None,  # noqa: ARG005 - nobody listens by default
) -> TaggerNetwork:
    """A network trained on texts given as states; `truth` has a row for each text and a column for each label.

    `readings` has the states of all texts once or more often, differently heard; the epochs take them in turn.
    `exclusive`: each text has one label (cross-entropy), else any number (binary cross-entropy).
    """
    torch.manual_seed(SEED)
    network = TaggerNetwork(
        encoder.layers_from(plan.first_layer), labels=truth.shape[1], width=encoder.width, rank=plan.rank
    )
    weights = [value for value in network.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=plan.rate, weight_decay=0.01)
    chooser = np.random.default_rng(SEED)
    in_turn = [readings[epoch % len(readings)] for epoch in range(plan.epochs)]
    batches = [list(_batches(np.array([len(one) for one in states]), chooser)) for states in in_turn]
    pace = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.rate, total_steps=sum(map(len, batches)), pct_start=WARM_UP
    )
    loss_of = torch.nn.CrossEntropyLoss() if exclusive else torch.nn.BCEWithLogitsLoss()
    off, on = (SMOOTH / truth.shape[1], 1 - SMOOTH) if exclusive else (SMOOTH, 1 - SMOOTH)
    for epoch, (states, of_epoch) in enumerate(zip(in_turn, batches, strict=True), start=1):
        network.train()
        total = 0.0
        for rows in of_epoch:
            target = torch.where(torch.from_numpy(truth[rows]), on, off)
            target = target / target.sum(dim=1, keepdim=True) if exclusive else target
            with torch.autocast("cpu", torch.bfloat16, enabled=_halves()):
                scores = network(*_padded([states[row] for row in rows]))
            loss = loss_of(scores.float(), target)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, MOST_GRADIENT)
            optimiser.step()
            pace.step()
            total += loss.item()
        tell(f"epoch {epoch} of {plan.epochs}: loss {total / len(of_epoch):.4f}")
    return network.eval()


def scores_of(network: TaggerNetwork, states: Sequence[Tensor]) -> NDArray[np.float64]:
    """The network's scores (logits), shape (texts, labels)."""
    order = sorted(range(len(states)), key=lambda row: len(states[row]))
    found = np.zeros((len(states), network.bias.shape[0]))
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            found[rows] = network(*_padded([states[row] for row in rows])).double().numpy()
    return found


def _halves() -> bool:
    """Whether the processor multiplies at half precision (bfloat16), which takes over a third less time."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def _batches(lengths: NDArray[np.int64], chooser: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """All rows once, in batches of like lengths, in random order."""
    order = chooser.permutation(len(lengths))
    made = []
    for start in range(0, len(order), CHUNK):
        chunk = order[start : start + CHUNK]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        made += [chunk[first : first + BATCH] for first in range(0, len(chunk), BATCH)]
    for number in chooser.permutation(len(made)):
        yield made[number]


def _padded(states: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """(states, mask) of several texts."""
    lengths = torch.tensor([len(one) for one in states])
    padded = torch.nn.utils.rnn.pad_sequence([one.float() for one in states], batch_first=True)
    return padded, torch.arange(padded.shape[1])[None, :] < lengths[:, None]
