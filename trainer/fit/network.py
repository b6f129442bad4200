"""Networks by name from timm and torchvision, with weights, a fresh head, and an embedding beside the logits."""

from __future__ import annotations

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import timm
import torch
import torchvision
from torch import Tensor, nn

from fieldguide.core.bundle import BUNDLE_SUFFIX
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.inference.runtime import read_weights
from trainer.config import NetworkConfig


class Classifier(nn.Module):
    """A backbone without its head, dropout, and a linear head.

    Takes float [N,3,H,W] as 0 to 255 and normalises inside; gives logits [N,C] and embedding [N,D].
    """

    mean: Tensor
    std: Tensor

    def __init__(self, backbone: nn.Module, width: int, labels: int, mean: Tensor, std: Tensor, dropout: float) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, labels)
        self.register_buffer("mean", mean.view(1, 3, 1, 1) * 255)
        self.register_buffer("std", std.view(1, 3, 1, 1) * 255)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """float [N,3,H,W], 0 to 255, to (float [N,C], float [N,D])."""
        embedding = self.embed(pictures)
        return self.head(self.dropout(embedding)), embedding

    def embed(self, pictures: Tensor) -> Tensor:
        """float [N,3,H,W], 0 to 255, to float [N,D]."""
        embedding: Tensor = self.backbone((pictures.float() - self.mean) / self.std)
        return embedding.flatten(1)


def create_network(config: NetworkConfig, labels: int) -> Classifier:
    """The network of `config` with a fresh head for `labels` labels.

    Raises:
        FieldGuideError: NETWORK_UNKNOWN, or WEIGHTS_MISMATCH when `init` does not fit it.
    """
    backbone, mean, std = _backbone(config)
    if config.init not in ("", "random", "pretrained"):
        load_weights(backbone, Path(config.init))
    for name in config.identity:
        parent, _, child = name.rpartition(".")
        setattr(backbone.get_submodule(parent), child, nn.Identity())
    with torch.no_grad():
        width = backbone.eval()(torch.zeros(1, 3, 96, 96)).flatten(1).shape[1]
    return Classifier(backbone, width, labels, mean, std, config.dropout)


def load_weights(backbone: nn.Module, file: Path) -> None:
    """Copy weights into the backbone from a state dictionary or a bundle; the head of another label list is ignored.

    Raises:
        FieldGuideError: WEIGHTS_MISMATCH when the file cannot be read or more than one in ten tensors is missing; one
            of the BUNDLE_ codes for a bundle that is refused.
    """
    state = _bundle_weights(file) if file.suffix == BUNDLE_SUFFIX else read_state(file)
    wanted = backbone.state_dict()
    fitting = {name: value for name, value in state.items() if name in wanted and wanted[name].shape == value.shape}
    if len(fitting) < 0.9 * len(wanted):
        problem = f"{len(fitting)} of {len(wanted)} tensors fit"
        raise FieldGuideError(ErrorCode.WEIGHTS_MISMATCH, file=str(file), problem=problem)
    backbone.load_state_dict(fitting, strict=False)


def _bundle_weights(file: Path) -> dict[str, Tensor]:
    prefix = "network.backbone."
    return {name.removeprefix(prefix): value for name, value in read_weights(file).items() if name.startswith(prefix)}


def read_state(file: Path) -> dict[str, Tensor]:
    """A plain table of weights by name, on the processor. Raises FieldGuideError(WEIGHTS_MISMATCH)."""
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
        weights: dict[str, Tensor] = state.get("state_dict", state)
        return dict(weights)
    except UnpicklingError as problem:
        raise FieldGuideError(
            ErrorCode.WEIGHTS_MISMATCH, file=str(file), problem="not a plain table of weights"
        ) from problem
    except (OSError, RuntimeError, ValueError, EOFError, AttributeError) as problem:
        raise FieldGuideError(ErrorCode.WEIGHTS_MISMATCH, file=str(file), problem=str(problem)) from problem


def stages(backbone: nn.Module) -> list[nn.Module]:
    """The backbone cut into its stages from the picture upwards, for freezing and unfreezing."""
    parts: list[nn.Module] = []
    for child in backbone.children():
        parts += list(child.children()) if isinstance(child, nn.Sequential | nn.ModuleList) else [child]
    return [part for part in parts if any(True for _ in part.parameters())]


def _backbone(config: NetworkConfig) -> tuple[nn.Module, Tensor, Tensor]:
    pretrained = config.init == "pretrained"
    if config.name in timm.list_models():
        model = timm.create_model(config.name, pretrained=pretrained, num_classes=0, **config.options)
        known: dict[str, Any] = model.pretrained_cfg  # type: ignore[assignment]
        return model, torch.tensor(known["mean"]), torch.tensor(known["std"])
    if config.name in torchvision.models.list_models(torchvision.models):
        model = torchvision.models.get_model(config.name, weights="DEFAULT" if pretrained else None, **config.options)
        for head in ("fc", "classifier", "head", "heads"):
            if hasattr(model, head):
                setattr(model, head, nn.Identity())
                break
        return model, torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    raise FieldGuideError(ErrorCode.NETWORK_UNKNOWN, name=config.name)
