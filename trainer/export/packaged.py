"""Networks that somebody else trained, made ready for a bundle: a TorchScript program, or weights for a named network.

Knows networks and weights, nothing of labels' meaning or of files around the network.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import timm
import torch
import torchvision
from torch import Tensor, nn

from fieldguide.core.bundle.manifest import Manifest
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.faults import FAILURES
from fieldguide.inference.torchscript import open_program
from trainer.fit.known import unknown_network
from trainer.fit.network import Classifier, read_state

Colours = tuple[float, ...]
_IMAGENET: tuple[Colours, Colours] = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to build the network around the weights.

    `name` is a timm or torchvision name (empty for a TorchScript program), `options` go to its constructor, `identity`
    names modules replaced by the identity. `mean` and `std` are for colours from 0 to 1, empty: the library's own.
    `same_padding`: strided convolutions pad as TensorFlow does, more to the right and below.
    """

    weights: Path
    name: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    mean: Colours = ()
    std: Colours = ()
    same_padding: bool = False


class Whole(nn.Module):
    """A network that is taken as it is: float [N,3,H,W], 0 to 255, to (logits [N,C], embedding [N,D]).

    One that gives logits alone has no embedding to show, so the logits stand for it.
    """

    def __init__(self, program: nn.Module, mean: Colours, std: Colours) -> None:
        super().__init__()
        self.program = program
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1) * 255)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1) * 255)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        answer = self.program((pictures - self.mean) / self.std)
        if isinstance(answer, tuple | list):
            return answer[0], answer[1].flatten(1)
        return answer, answer


class SameConv2d(nn.Conv2d):
    """A strided convolution that pads as TensorFlow's SAME for inputs of `height` x `width` pixels."""

    def __init__(self, conv: nn.Conv2d, height: int, width: int) -> None:
        kernel, stride, dilation = (
            (int(pair[0]), int(pair[1])) for pair in (conv.kernel_size, conv.stride, conv.dilation)
        )
        bias = conv.bias is not None
        super().__init__(
            conv.in_channels, conv.out_channels, kernel, stride, 0, dilation, conv.groups, bias, conv.padding_mode
        )
        self.load_state_dict(conv.state_dict())
        self.sides = (
            *_same(width, kernel[1], stride[1], dilation[1]),
            *_same(height, kernel[0], stride[0], dilation[0]),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """float [N,C,height,width] to float [N,D,ceil(height / stride),ceil(width / stride)]."""
        return super().forward(nn.functional.pad(pictures, self.sides))


def package_network(recipe: Recipe, manifest: Manifest) -> nn.Module:
    """The network of a recipe, checked against the manifest's labels and input size.

    Raises:
        FieldGuideError: NETWORK_UNKNOWN; WEIGHTS_MISMATCH when the weights are not for this network, these labels or
            this size; one of the BUNDLE_ codes for a TorchScript program that is refused.
    """
    labels, size = len(manifest.labels), manifest.input.size
    if is_program(recipe.weights):
        mean, std = recipe.mean or _IMAGENET[0], recipe.std or _IMAGENET[1]
        network: nn.Module = Whole(open_program(recipe.weights, manifest), mean, std)
    elif not recipe.name:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option="--model", problem="these weights need a network's name")
    else:
        network = _named(recipe, labels, size)
    try:
        with torch.no_grad():
            logits, embedding = network.eval()(torch.full((2, 3, size, size), 128.0))
    except FAILURES as problem:
        raise _mismatch(recipe, str(problem).strip().splitlines()[-1]) from problem
    if logits.ndim != 2 or embedding.ndim != 2:
        raise _mismatch(recipe, f"it answers with {tuple(logits.shape[1:])}, not one number for each label")
    refuse_count(logits.shape[1], labels)
    return network


def refuse_count(outputs: int, labels: int) -> None:
    """Refuse a label list of another length than the network's answer, with both numbers: CONFIG_INVALID."""
    if outputs != labels:
        problem = f"the network answers with {outputs} numbers, and the list has {labels} labels"
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option="--labels", problem=problem)


def is_program(file: Path) -> bool:
    """Whether a file is a TorchScript archive rather than a table of weights."""
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        return any(name.partition("/")[2] == "constants.pkl" for name in archive.namelist())


def _named(recipe: Recipe, labels: int, size: int) -> nn.Module:
    model, mean, std = _build(recipe, labels)
    weights = read_state(recipe.weights)
    try:
        model.load_state_dict(weights)
    except RuntimeError as problem:
        _refuse_other_count(model.state_dict(), weights, labels)
        raise _mismatch(recipe, " ".join(str(problem).split())[:200]) from problem
    for name in recipe.identity:
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, nn.Identity())
    model.eval()
    if recipe.same_padding:
        pad_same(model, size)
    return _with_embedding(model, labels, size, recipe.mean or mean, recipe.std or std)


def _refuse_other_count(own: dict[str, Tensor], weights: dict[str, Tensor], labels: int) -> None:
    """When nothing but the last layer is of another size, it is the label list that does not fit."""
    if own.keys() == weights.keys():
        counts = {len(weights[name]) for name, value in own.items() if value.shape != weights[name].shape}
        if len(counts) == 1:
            refuse_count(counts.pop(), labels)


def _build(recipe: Recipe, labels: int) -> tuple[nn.Module, Colours, Colours]:
    try:
        if recipe.name in timm.list_models():
            model = timm.create_model(recipe.name, num_classes=labels, **recipe.options)
            known = cast(dict[str, Any], model.pretrained_cfg)
            return model, tuple(known["mean"]), tuple(known["std"])
        if recipe.name in torchvision.models.list_models(torchvision.models):
            return torchvision.models.get_model(recipe.name, num_classes=labels, **recipe.options), *_IMAGENET
    except TypeError as problem:
        raise FieldGuideError(ErrorCode.CONFIG_INVALID, option="--option", problem=str(problem)) from problem
    raise unknown_network(recipe.name)


def pad_same(model: nn.Module, size: int) -> None:
    """Give every strided convolution TensorFlow's SAME padding, for pictures of `size` pixels."""
    seen: dict[str, tuple[int, int]] = {}
    strided = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d) and max(module.stride) > 1 and max(module.kernel_size) > 1
    }

    def note(name: str) -> Any:
        return lambda module, inputs: seen.__setitem__(name, (inputs[0].shape[2], inputs[0].shape[3]))

    hooks = [module.register_forward_pre_hook(note(name)) for name, module in strided.items()]
    with torch.no_grad():
        model(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    for name, (height, width) in seen.items():
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, SameConv2d(strided[name], height, width))


def _with_embedding(model: nn.Module, labels: int, size: int, mean: Colours, std: Colours) -> nn.Module:
    """What stands before the last linear layer is the embedding; without such a layer the network is taken whole."""
    linear = [n for n, m in model.named_modules() if isinstance(m, nn.Linear) and m.out_features == labels]
    if not linear:
        return Whole(model, mean, std)
    parent, _, child = linear[-1].rpartition(".")
    head = model.get_submodule(linear[-1])
    assert isinstance(head, nn.Linear)
    trial = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = model(trial)
        setattr(model.get_submodule(parent), child, nn.Identity())
        embedding = model(trial)
        fits = isinstance(embedding, Tensor) and embedding.shape == (1, head.in_features)
        if fits and torch.allclose(head(embedding), expected, atol=1e-4, rtol=1e-3):
            network = Classifier(model, head.in_features, labels, torch.tensor(mean), torch.tensor(std), dropout=0.0)
            network.head = head
            return network
    setattr(model.get_submodule(parent), child, head)
    return Whole(model, mean, std)


def _same(length: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Pixels before and after one side of `length` (tensorflow.org, tf.nn, notes on padding)."""
    total = max((-(-length // stride) - 1) * stride + (kernel - 1) * dilation + 1 - length, 0)
    return total // 2, total - total // 2


def _mismatch(recipe: Recipe, problem: str) -> FieldGuideError:
    return FieldGuideError(ErrorCode.WEIGHTS_MISMATCH, file=str(recipe.weights), problem=problem)
