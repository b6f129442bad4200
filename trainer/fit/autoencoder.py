"""A convolutional denoising autoencoder in colour: squeezes a picture into few numbers and paints it again.

Knows no labels. Trained on damaged pictures whose originals it must give back (Vincent et al. 2008), it learns what
pictures of a folder look like; what it repaints badly looks different.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from fieldguide.core.text import text
from trainer.fit.checkpoint import read, restore, save
from trainer.fit.schedule import rate_factor
from trainer.progress import Progress

Squares = npt.NDArray[np.uint8]

HALVINGS = 4
RATE = 2e-3
BATCH = 64
NOISE = 0.1  # standard deviation, of a brightness of 1
COVERED = 0.3  # largest side of the covered square, of the picture's
SAVE_EVERY = 120.0  # seconds between checkpoints within an epoch


@dataclass(frozen=True, slots=True)
class AutoencoderConfig:
    """`size` is the pictures' side in pixels, a multiple of 16; `width` the channels of the first layer; `latent` the
    channels of the squeezed picture, which has (size / 16)^2 places."""

    size: int = 96
    width: int = 32
    latent: int = 32
    epochs: int = 20
    seed: int = 1


class Autoencoder(nn.Module):
    """float [N,3,S,S], 0 to 1, to the same; in between float [N,latent,S/16,S/16]."""

    def __init__(self, width: int, latent: int) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(HALVINGS)]
        self.encoder = nn.Sequential(
            *(_layer(before, after, 2) for before, after in zip([3, *widths], widths, strict=False)),
            nn.Conv2d(widths[-1], latent, 1),
        )
        back = widths[::-1]
        self.decoder = nn.Sequential(
            nn.Conv2d(latent, back[0], 1),
            *(
                nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), _layer(before, after, 1))
                for before, after in zip(back, [*back[1:], width], strict=True)
            ),
            nn.Conv2d(width, 3, 3, padding=1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        return self.decode(self.encoder(pictures))

    def decode(self, latent: Tensor) -> Tensor:
        """Pictures of their squeezed form."""
        return torch.sigmoid(self.decoder(latent))


@dataclass(slots=True)
class AutoencoderState:
    """Where the training stands: `epoch` and `step` name the next step to take, `losses` each epoch's mean so far."""

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    losses: list[float] = field(default_factory=list)
    network: dict[str, Any] = field(default_factory=dict)
    optimizer: dict[str, Any] = field(default_factory=dict)


def fit_autoencoder(
    pixels: Squares,
    rows: npt.NDArray[np.int64],
    config: AutoencoderConfig,
    device: torch.device,
    progress: Progress,
    checkpoint: Path,
) -> tuple[Autoencoder, list[float]]:
    """Train on these rows of uint8 [N,S,S,3]; returns the network in evaluation mode and each epoch's mean loss.

    Goes on from the file `checkpoint` when it is there. All random numbers of a step come from (seed, epoch, step), so
    on the CPU a training that was stopped ends in the same bits as one that was not.

    Raises:
        FieldGuideError: RUN_INCOMPLETE when the checkpoint is damaged.
    """
    torch.manual_seed(config.seed)
    network = Autoencoder(config.width, config.latent).to(device).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-4)
    state = AutoencoderState()
    if checkpoint.exists():
        state = read(checkpoint, AutoencoderState)
        restore(network, state.network, checkpoint)
        restore(optimizer, state.optimizer, checkpoint)
    for epoch in range(state.epoch, config.epochs):
        _epoch(pixels, rows, config, network, optimizer, state, checkpoint)
        progress.advance(epoch + 1, config.epochs, text("train.auto_epoch", loss=f"{state.losses[-1]:.4f}"))
    return network.eval(), state.losses


def _epoch(
    pixels: Squares,
    rows: npt.NDArray[np.int64],
    config: AutoencoderConfig,
    network: Autoencoder,
    optimizer: torch.optim.Optimizer,
    state: AutoencoderState,
    checkpoint: Path,
) -> None:
    """The epoch of `state` from its step on, saved at its end and now and then before."""
    device = next(network.parameters()).device
    steps = max(1, len(rows) // BATCH)
    order = np.random.default_rng((config.seed, state.epoch)).permutation(rows)
    saved = time.monotonic()
    for step in range(state.step, steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * rate_factor((state.epoch + step / steps) / config.epochs)
        generator = torch.Generator().manual_seed(hash((config.seed, state.epoch, step)) % 2**31)
        clean = as_pictures(pixels[np.sort(order[step * BATCH : (step + 1) * BATCH])], device)
        clean = clean.flip(3) if torch.rand(1, generator=generator) < 0.5 else clean
        loss = functional.mse_loss(network(damaged(clean, generator)), clean)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        state.loss_sum += float(loss.detach())
        if time.monotonic() - saved > SAVE_EVERY:
            state.step, saved = step + 1, time.monotonic()
            _save(state, network, optimizer, checkpoint)
    state.losses.append(state.loss_sum / steps)
    state.epoch, state.step, state.loss_sum = state.epoch + 1, 0, 0.0
    _save(state, network, optimizer, checkpoint)


def _save(state: AutoencoderState, network: Autoencoder, optimizer: torch.optim.Optimizer, file: Path) -> None:
    state.network, state.optimizer = network.state_dict(), optimizer.state_dict()
    save(state, file)


def damaged(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """The pictures under noise, each with a gray square somewhere."""
    noisy = pictures + torch.randn(pictures.shape, generator=generator).to(pictures) * NOISE
    size = pictures.shape[-1]
    for picture in noisy:
        side = int(torch.randint(size // 8, max(int(size * COVERED), size // 8 + 1), (1,), generator=generator))
        top, left = torch.randint(0, size - side, (2,), generator=generator).tolist()
        picture[:, top : top + side, left : left + side] = 0.5
    return noisy.clamp(0, 1)


@torch.no_grad()
def repaint(network: Autoencoder, pixels: Squares, device: torch.device) -> tuple[Squares, npt.NDArray[np.float64]]:
    """Undamaged uint8 [N,S,S,3] as the network paints it, and the error of each: mean square, float64 [N]."""
    painted, errors = [np.zeros((0, *pixels.shape[1:]), np.uint8)], [np.zeros(0)]
    for start in range(0, len(pixels), BATCH):
        clean = as_pictures(pixels[start : start + BATCH], device)
        found = network(clean)
        errors.append(((found - clean) ** 2).mean(dim=(1, 2, 3)).double().cpu().numpy())
        painted.append(as_pixels(found))
    return np.concatenate(painted), np.concatenate(errors)


@torch.no_grad()
def invent(network: Autoencoder, pixels: Squares, count: int, seed: int, device: torch.device) -> Squares:
    """New pictures uint8 [count,S,S,3]: drawn from the Gaussian that the squeezed forms of `pixels` follow.

    With centred forms X [N,D] and g normal, mean + g X / sqrt(N - 1) has exactly their covariance: no matrix of D x D.
    """
    found = [network.encoder(as_pictures(pixels[at : at + BATCH], device)).cpu() for at in range(0, len(pixels), BATCH)]
    forms = torch.cat(found)
    flat = forms.flatten(1)
    mean = flat.mean(0)
    draws = torch.randn((count, len(flat)), generator=torch.Generator().manual_seed(seed))
    drawn = mean + draws @ (flat - mean) / max(len(flat) - 1, 1) ** 0.5
    return as_pixels(network.decode(drawn.view(count, *forms.shape[1:]).to(device)))


def as_pictures(pixels: Squares, device: torch.device) -> Tensor:
    """uint8 [N,S,S,3] as float [N,3,S,S], 0 to 1."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).to(device).permute(0, 3, 1, 2).float() / 255


def as_pixels(pictures: Tensor) -> Squares:
    """The way back."""
    found: Squares = (pictures * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return found


def _layer(before: int, after: int, stride: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(after), nn.SiLU()
    )
