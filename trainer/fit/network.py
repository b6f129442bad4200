"""Networks by name from timm and torchvision, with weights, a fresh head, and an embedding beside the logits."""

from __future__ import annotations

import io
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import timm
import torch
import torchvision
from huggingface_hub import constants, try_to_load_from_cache
from torch import Tensor, nn

from fieldguide.core.bundle import BUNDLE_SUFFIX, read_table
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from fieldguide.inference.torchscript import read_weights
from trainer.config import SMALL_CNN, NetworkConfig, refuse
from trainer.data.augment import LUMA
from trainer.fit.half import plain_name
from trainer.fit.known import unknown_network
from trainer.fit.small_cnn import small_cnn

PROBED = 96  # pixels at which a network is asked for the width of its embedding; some know their own size alone
REACHED_WITHIN = 3.0  # seconds in which whoever keeps a library's weights must answer
SAY_HOW_TO_BEGIN = ("inception_v3", "googlenet")  # torchvision warns when these are not given


class Classifier(nn.Module):
    """A backbone without its head, dropout, and a linear head.

    Takes float [N,3,H,W] as 0 to 255 and normalises inside; gives logits [N,C] and embedding [N,D]. With `grayscale`,
    colours are taken out first, in training and in the application alike.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        backbone: nn.Module,
        width: int,
        labels: int,
        mean: Tensor,
        std: Tensor,
        dropout: float,
        grayscale: bool = False,
    ) -> None:
        super().__init__()
        self.grayscale = grayscale
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
        x = pictures.float()
        if self.grayscale:
            red, green, blue = LUMA
            x = (red * x[:, :1] + green * x[:, 1:2] + blue * x[:, 2:]).expand(-1, 3, -1, -1)
        embedding: Tensor = self.backbone((x - self.mean) / self.std)
        return embedding.flatten(1)


def create_network(config: NetworkConfig, labels: int) -> Classifier:
    """The network of `config` with a fresh head for `labels` labels.

    Raises:
        FieldGuideError: NETWORK_UNKNOWN, CONFIG_INVALID when it takes no such options or is no network for pictures,
            or WEIGHTS_MISMATCH when `init` does not fit it.
    """
    try:
        backbone, mean, std = _backbone(config)
    except OSError as problem:  # also what the libraries raise without a network
        raise FieldGuideError(
            ErrorCode.WEIGHTS_MISMATCH, file=config.init, problem="no download of them came"
        ) from problem
    if config.init not in ("", "random", "pretrained"):
        load_weights(backbone, Path(config.init))
    for name in config.identity:
        if not name or name not in dict(backbone.named_modules()):
            refuse("network.identity", f"{config.name} has no module {name!r}")
        parent, _, child = name.rpartition(".")
        setattr(backbone.get_submodule(parent), child, nn.Identity())
    width = embedding_width(backbone, PROBED) or embedding_width(backbone, own_size(backbone))
    if not width:
        refuse("network.name", f"{config.name} gives no features of a picture")
    return Classifier(backbone, width, labels, mean, std, config.dropout, config.grayscale)


def own_size(backbone: nn.Module) -> int:
    """Side in pixels of the pictures that the backbone was designed for; torchvision's networks do not all tell it."""
    return int(getattr(backbone, "pretrained_cfg", {}).get("input_size", (3, 224, 224))[-1])


@torch.no_grad()
def embedding_width(backbone: nn.Module, size: int) -> int:
    """Numbers that the backbone gives for a picture of `size` pixels; 0 when it takes no picture of that size."""
    try:
        return int(backbone.eval()(torch.zeros(1, 3, size, size)).flatten(1).shape[1])
    except (RuntimeError, AssertionError, ValueError):
        return 0


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
    weights = {plain_name(name): value for name, value in read_weights(file).items()}
    return {name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)}


def read_state(file: Path) -> dict[str, Tensor]:
    """A plain table of weights by name, on the processor. Raises FieldGuideError(WEIGHTS_MISMATCH)."""
    try:
        state = torch.load(io.BytesIO(read_table(file)), map_location="cpu", weights_only=True)
        weights: dict[str, Tensor] = state.get("state_dict", state)
        parallel = all(name.startswith("module.") for name in weights)  # as DataParallel calls them
        return {name.removeprefix("module.") if parallel else name: value for name, value in weights.items()}
    except (FieldGuideError, UnpicklingError, RuntimeError, ValueError, EOFError, AttributeError) as problem:
        raise FieldGuideError(ErrorCode.WEIGHTS_MISMATCH, file=str(file), problem=_in_words(problem)) from problem


def _in_words(problem: Exception) -> str:
    """What is wrong with a file of weights."""
    if not isinstance(problem, FieldGuideError):
        return "not a plain table of weights" if isinstance(problem, UnpicklingError) else str(problem)
    if problem.code is ErrorCode.BUNDLE_MISSING:
        return "there is no such file"
    refused_by_the_system = isinstance(problem.__cause__, OSError) and problem.__cause__.strerror
    return str(problem.facts.get("problem") or refused_by_the_system or "not a plain table of weights")


def stages(backbone: nn.Module) -> list[nn.Module]:
    """The backbone cut into its stages from the picture upwards, for freezing and unfreezing."""
    parts: list[nn.Module] = []
    for child in backbone.children():
        parts += list(child.children()) if isinstance(child, nn.Sequential | nn.ModuleList) else [child]
    return [part for part in parts if any(True for _ in part.parameters())]


def _backbone(config: NetworkConfig) -> tuple[nn.Module, Tensor, Tensor]:
    pretrained = config.init == "pretrained"
    imagenet = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    if pretrained:
        refuse_unreachable(config.name)
    if config.name == SMALL_CNN:
        return small_cnn(config.options), *imagenet
    if config.name in timm.list_models():
        try:
            model = timm.create_model(config.name, pretrained=pretrained, num_classes=0, **config.options)
        except TypeError as problem:
            refuse("network.options", str(problem))
        known: dict[str, Any] = model.pretrained_cfg  # type: ignore[assignment]
        return model, torch.tensor(known["mean"]), torch.tensor(known["std"])
    if config.name in torchvision.models.list_models(torchvision.models):
        try:
            weights = "DEFAULT" if pretrained else None
            usual = {"init_weights": True} if weights is None and config.name in SAY_HOW_TO_BEGIN else {}
            model = torchvision.models.get_model(config.name, weights=weights, **usual | config.options)
        except TypeError as problem:
            refuse("network.options", str(problem))
        return _without_head(model), *imagenet
    raise unknown_network(config.name)


def refuse_unreachable(name: str) -> None:
    """Refuse weights that would have to be downloaded where there is no way to: the libraries try for a minute.

    Raises:
        FieldGuideError: CONFIG_INVALID; NETWORK_UNKNOWN.
    """
    if name in timm.list_models():
        known = timm.get_pretrained_cfg(name)
        if known is None or not known.has_weights:
            refuse("network.init", text("train.no_weights", name=name))
        page = f"{constants.ENDPOINT}/{known.hf_hub_id}" if known.hf_hub_id else str(known.url)
        files = ("model.safetensors", "pytorch_model.bin")
        here = known.hf_hub_id and any(isinstance(try_to_load_from_cache(known.hf_hub_id, file), str) for file in files)
    elif name in torchvision.models.list_models(torchvision.models):
        page = torchvision.models.get_model_weights(name).DEFAULT.url
        here = (Path(torch.hub.get_dir()) / "checkpoints" / page.rpartition("/")[2]).exists()
    else:
        raise unknown_network(name)
    if here:
        return
    try:
        urlopen(Request(page, method="HEAD"), timeout=REACHED_WITHIN).close()
    except HTTPError:  # it answers
        return
    except OSError:
        host = urlsplit(page).hostname
        refuse("network.init", text("train.weights_unreachable", name=name, host=host))


def _without_head(model: Any) -> nn.Module:
    """A torchvision network that gives its embedding, without its head and without the extra heads of its training."""
    for name in ("AuxLogits", "aux1", "aux2"):
        if hasattr(model, name):
            setattr(model, name, None)
            model.aux_logits = False
    for name in ("fc", "classifier", "head", "heads"):
        head = getattr(model, name, None)
        if isinstance(head, nn.Module):
            # SqueezeNet's head is a convolution, and MaxViT's pools by itself.
            pools = any(isinstance(part, nn.Conv2d | nn.AdaptiveAvgPool2d) for part in head.modules())
            setattr(model, name, nn.AdaptiveAvgPool2d(1) if pools else nn.Identity())
            break
    bare: nn.Module = model
    return bare
