"""CAM++, the network: Wang et al., "CAM++: A fast and efficient network for speaker verification using context-aware
masking" (Interspeech 2023, arXiv:2303.00332). Import it late: it brings torch.

Names of modules are those of the published weights. Shapes below: B pieces, T frames, C channels.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, relu

BINS = 80
WIDTH = 192
SEGMENT = 100  # frames that share one local context
GROWTH = 32
BOTTLENECK = 128
BLOCKS = ((12, 1), (24, 2), (16, 2))  # (layers, dilation)


class CamPlusPlus(nn.Module):
    """Log mel energies (B, T, 80), mean over time taken off, to speaker vectors (B, 192)."""

    def __init__(self) -> None:
        super().__init__()
        self.head = Head()
        channels = 128
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        layers["tdnn"] = _named(
            linear=nn.Conv1d(self.head.width, channels, 5, stride=2, padding=2, bias=False), nonlinear=_norm(channels)
        )
        for number, (size, dilation) in enumerate(BLOCKS, 1):
            layers[f"block{number}"] = DenseBlock(size, channels, dilation)
            channels += size * GROWTH
            layers[f"transit{number}"] = _named(
                nonlinear=_norm(channels), linear=nn.Conv1d(channels, channels // 2, 1, bias=False)
            )
            channels //= 2
        layers["out_nonlinear"] = _norm(channels)
        layers["stats"] = Statistics()
        layers["dense"] = _named(
            linear=nn.Conv1d(2 * channels, WIDTH, 1, bias=False),
            nonlinear=_named(batchnorm=nn.BatchNorm1d(WIDTH, affine=False)),
        )
        self.xvector = nn.Sequential(layers)

    def forward(self, mel: Tensor) -> Tensor:
        vectors: Tensor = self.xvector(self.head(mel.transpose(1, 2))).squeeze(-1)
        return vectors


class Head(nn.Module):
    """Two-dimensional convolutions that look at patterns over frequency: (B, 80, T) to (B, 320, T)."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.layer2 = nn.Sequential(Residual(channels, 2), Residual(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.width = channels * BINS // 8  # frequency is halved three times

    def forward(self, mel: Tensor) -> Tensor:
        x = relu(self.bn1(self.conv1(mel.unsqueeze(1))))
        x = relu(self.bn2(self.conv2(self.layer2(self.layer1(x)))))
        return x.flatten(1, 2)


class Residual(nn.Module):
    """Two convolutions and a way around them; `stride` over frequency only."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, stride=(stride, 1), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, channels, 1, stride=(stride, 1), bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(relu(self.bn1(self.conv1(x)))))
        return relu(y + self.shortcut(x))


class DenseBlock(nn.Sequential):
    """Layers that each see the outputs of all before: (B, C, T) to (B, C + 32 layers, T)."""

    def __init__(self, layers: int, channels: int, dilation: int) -> None:
        widths = range(channels, channels + layers * GROWTH, GROWTH)
        super().__init__(
            OrderedDict((f"tdnnd{number}", DenseLayer(width, dilation)) for number, width in enumerate(widths, 1))
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self:
            x = torch.cat([x, layer(x)], dim=1)
        return x


class DenseLayer(nn.Module):
    """Down to 128 channels, then 32 new ones under a context-aware mask."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _norm(channels)
        self.linear1 = nn.Conv1d(channels, BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _norm(BOTTLENECK)
        self.cam_layer = MaskedConvolution(dilation)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return y


class MaskedConvolution(nn.Module):
    """A convolution over time whose channels are weighted by what the whole piece and the second around sound like."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(BOTTLENECK, GROWTH, 3, padding=dilation, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(BOTTLENECK, BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(BOTTLENECK // 2, GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        context = avg_pool1d(x, SEGMENT, stride=SEGMENT, ceil_mode=True) + x.mean(dim=-1, keepdim=True)
        mask = torch.sigmoid(self.linear2(relu(self.linear1(context))))
        mask = mask.repeat_interleave(SEGMENT, dim=-1)[..., : x.shape[-1]]
        y: Tensor = self.linear_local(x) * mask
        return y


class Statistics(nn.Module):
    """Mean and standard deviation over time: (B, C, T) to (B, 2C, 1)."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x.mean(dim=-1), x.std(dim=-1)], dim=-1).unsqueeze(-1)


def _norm(channels: int) -> nn.Sequential:
    return _named(batchnorm=nn.BatchNorm1d(channels), relu=nn.ReLU())


def _named(**modules: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(modules))
