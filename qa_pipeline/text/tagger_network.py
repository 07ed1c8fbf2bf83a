"""The network of the act tagger: the sentence encoder's upper layers with adapters, and attention for each label.

Adapters are low-rank corrections of the linear maps (LoRA, Hu et al. 2021): W x + 2 B A x, with A and B trained and W
as it was. Over the adapted states each label looks for its own words (label-wise attention, Mullenbach et al. 2018).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

SCALE = 2.0
ADAPTED = (
    ("attention.self", ("query", "key", "value")),
    ("attention.output", ("dense",)),
    ("intermediate", ("dense",)),
    ("output", ("dense",)),
)
DROPOUT = 0.15
START_BIAS = -2.0  # most labels are not there


def hiding(mask: Tensor) -> Tensor:
    """What a layer's attention adds, so that no token looks at one that is not there; `mask` is (texts, tokens)."""
    return (~mask)[:, None, None, :].float() * -1e4


class Adapted(nn.Module):
    """A linear map that stays, with a correction of rank `rank` that is trained."""

    def __init__(self, fixed: nn.Linear, rank: int) -> None:
        super().__init__()
        self.fixed = fixed
        self.down = nn.Parameter(torch.randn(rank, fixed.in_features) * 0.02)
        self.up = nn.Parameter(torch.zeros(fixed.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        correction = nn.functional.linear(nn.functional.linear(x, self.down), self.up)
        result: Tensor = self.fixed(x) + SCALE * correction
        return result

    def merged(self) -> nn.Linear:
        """One linear map that does the same."""
        with torch.no_grad():
            self.fixed.weight += SCALE * self.up @ self.down
        return self.fixed


class TaggerNetwork(nn.Module):
    """Upper layers of an encoder, adapted, and a label-wise attention over their states.

    `layers` are the encoder's own (they are copied). `forward` takes states of shape (texts, tokens, width) with a mask
    of the tokens that are there, and gives one logit for each text and label.
    """

    def __init__(self, layers: nn.ModuleList, *, labels: int, width: int, rank: int) -> None:
        super().__init__()
        self.layers = copy.deepcopy(layers)
        self.layers.requires_grad_(requires_grad=False)
        for holder, name in self._places():
            setattr(holder, name, Adapted(getattr(holder, name), rank))
        self.norm = nn.LayerNorm(width)
        self.look = nn.Linear(width, labels)
        self.weigh = nn.Parameter(torch.randn(labels, width) * 0.02)
        self.bias = nn.Parameter(torch.full((labels,), START_BIAS))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        hidden = hiding(mask)
        for layer in self.layers:
            given: Any = layer(states, attention_mask=hidden)
            states = given[0] if isinstance(given, tuple) else given
        states = self.dropout(self.norm(states))
        attention = self.look(states).masked_fill(~mask[:, :, None], -1e4).softmax(dim=1)
        return (torch.einsum("btl,btw->blw", attention, states) * self.weigh).sum(dim=-1) + self.bias

    def trained(self) -> dict[str, Tensor]:
        """What training changes, by name: all that needs to be kept."""
        return {name: value.detach() for name, value in self.named_parameters() if value.requires_grad}

    def take(self, kept: Mapping[str, Tensor]) -> None:
        """What was kept. Raises KeyError or RuntimeError when it belongs to another network."""
        own = {name: value for name, value in self.named_parameters() if value.requires_grad}
        if set(own) != set(kept):
            raise KeyError("these are the weights of another network")
        with torch.no_grad():
            for name, value in own.items():
                value.copy_(kept[name].float())

    def merge(self) -> None:
        """Makes one map of each correction and its fixed map: the same results, faster; no more training."""
        for holder, name in list(self._places()):
            setattr(holder, name, getattr(holder, name).merged())

    def _places(self) -> Iterator[tuple[nn.Module, str]]:
        for layer in self.layers:
            for path, names in ADAPTED:
                for name in names:
                    yield layer.get_submodule(path), name
