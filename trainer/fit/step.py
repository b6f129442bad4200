"""One step of learning: pictures changed and mixed, gradients gathered in parts that fit the device, weights moved."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.text import text
from trainer.config import FitConfig
from trainer.data.augment import Augment, sent
from trainer.data.dataset import Batch
from trainer.data.subjectless import draw, surroundings
from trainer.fit.losses import TreeLoss
from trainer.fit.probe import autocast
from trainer.fit.process_group import ProcessGroup
from trainer.progress import Progress

LONGEST_GRADIENT = 5.0


class Stepper:
    """Teaches `model` one batch at a time.

    Out of memory on the device, the batch goes through in twice as many parts and its gradients are added up: what is
    learnt from a batch stays the same, but for batch norm, which then sees smaller parts. Of several processes all do
    so as soon as one must. `drawings` and `surroundings` are shares of pictures that lose their subject and are taught
    as the target `anything_else`.
    """

    def __init__(
        self,
        loss: TreeLoss,
        config: FitConfig,
        device: torch.device,
        progress: Progress,
        *,
        group: ProcessGroup = ProcessGroup(),  # noqa: B008 - frozen
        anything_else: int = -1,
    ) -> None:
        self.model: nn.Module = nn.Identity()
        self.drawings, self.surroundings = 0.0, 0.0
        self.parts = 1
        self._loss, self._config, self._device, self._progress = loss, config, device, progress
        self._group, self._anything_else = group, anything_else

    def __call__(
        self, batch: Batch, augment: Augment, optimizer: torch.optim.Optimizer, generator: torch.Generator
    ) -> Tensor:
        """One step on a batch that is on the device; returns the loss, a scalar that is still on the device.

        Raises:
            FieldGuideError: DEVICE_MEMORY when not even a single picture fits.
        """
        learning = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        before = generator.get_state()
        while (mean := self._attempt(learning, batch, augment, optimizer, generator)) is None:
            self._halve(len(batch.target))
            generator.set_state(before)
        nn.utils.clip_grad_norm_(learning, LONGEST_GRADIENT)
        optimizer.step()
        return mean

    def _attempt(
        self,
        learning: list[nn.Parameter],
        batch: Batch,
        augment: Augment,
        optimizer: torch.optim.Optimizer,
        generator: torch.Generator,
    ) -> Tensor | None:
        """The group's gradients into the parameters; returns the loss, or None when some process had no memory."""
        mean = None
        try:
            with self._group.no_sync(self.model):
                mean = self._gather(batch, augment, optimizer, generator)
            pooled = self._group.pooled(learning)
        except torch.cuda.OutOfMemoryError:
            pooled = None
        if not self._group.all(pooled is not None) or pooled is None:
            return None
        self._group.average(learning, pooled)
        return mean

    def _halve(self, batch: int) -> None:
        """Twice as many parts from now on."""
        if self.parts >= batch:
            raise FieldGuideError(ErrorCode.DEVICE_MEMORY, photos=-(-batch // self.parts))
        self.parts *= 2
        self._progress.note(text("train.halved", part=-(-batch // self.parts), batch=batch))

    def _gather(
        self, batch: Batch, augment: Augment, optimizer: torch.optim.Optimizer, generator: torch.Generator
    ) -> Tensor:
        """The gradients of the batch's mean loss into the parameters; returns that loss."""
        optimizer.zero_grad(set_to_none=True)
        pictures = augment(batch.pixels, batch.aspect, generator).contiguous(memory_format=torch.channels_last)
        if self.drawings or self.surroundings:
            batch = self._without_subject(batch, pictures, generator)
        pictures, other, share = mix(pictures, self._config, generator)
        count = len(pictures)
        size = -(-count // self.parts)
        total = torch.zeros((), device=pictures.device)
        for start in range(0, count, size):
            rows = slice(start, start + size)
            with autocast(self._device, self._config.precision):
                logits, _ = self.model(pictures[rows])
            value = self._loss(logits, batch.target[rows], batch.source[rows]) * batch.weight[rows] * share
            if other is not None:
                partner = other[rows]
                theirs = self._loss(logits, batch.target[partner], batch.source[partner]) * batch.weight[partner]
                value = value + theirs * (1 - share)
            mean = value.sum() / count
            mean.backward()
            total += mean.detach()
        return total

    def _without_subject(self, batch: Batch, pictures: Tensor, generator: torch.Generator) -> Batch:
        """Some of the pictures lose their subject, in place; the batch that says so."""
        chance = torch.rand(len(pictures), generator=generator)
        drawn = torch.nonzero(chance < self.drawings).flatten()
        around = torch.nonzero((chance >= self.drawings) & (chance < self.drawings + self.surroundings)).flatten()
        if len(drawn):
            here = sent(drawn, pictures)
            pictures[here] = draw(pictures[here], generator)
        if len(around):
            here = sent(around, pictures)
            pictures[here] = surroundings(batch.pixels[here], pictures.shape[-1], generator)
        rows = sent(torch.cat([drawn, around]), batch.target)
        target, weight = batch.target.index_fill(0, rows, self._anything_else), batch.weight.index_fill(0, rows, 1.0)
        return replace(batch, target=target, weight=weight)


def mix(pictures: Tensor, config: FitConfig, generator: torch.Generator) -> tuple[Tensor, Tensor | None, float]:
    """Mixup (Zhang et al. 2018) or cutmix (Yun et al. 2019) with their chances: pictures, partner rows, own share."""
    draw = float(torch.rand(1, generator=generator))
    if draw >= config.mixup + config.cutmix:
        return pictures, None, 1.0
    other = sent(torch.randperm(len(pictures), generator=generator), pictures)
    share = float(torch.rand(1, generator=generator)) * 0.5 + 0.5
    if draw < config.mixup:
        return pictures * share + pictures[other] * (1 - share), other, share
    size = pictures.shape[-1]
    side = int(size * (1 - share) ** 0.5)
    top, left = torch.randint(0, size - side + 1, (2,), generator=generator).tolist()
    pictures = pictures.clone()
    pictures[:, :, top : top + side, left : left + side] = pictures[other][:, :, top : top + side, left : left + side]
    return pictures, other, 1 - side * side / (size * size)


class MovingAverage:
    """Exponential moving average of a network's weights and statistics, in `average`, a network of the same form.

    Both keep their tensors while they are trained (loading weights copies into them), so they are listed once: to ask
    a network for its tensors takes as long as blending them.
    """

    def __init__(self, average: nn.Module, network: nn.Module) -> None:
        pairs = list(zip(average.state_dict().values(), network.state_dict().values(), strict=True))
        self._real = [pair for pair in pairs if pair[0].is_floating_point()]
        self._counts = [pair for pair in pairs if not pair[0].is_floating_point()]

    @torch.no_grad()
    def blend(self, decay: float) -> None:
        """One step: the average keeps `decay` (0 to 1) of itself; with 0 it is simply the network."""
        if self._real:
            old, new = zip(*self._real, strict=True)
            torch._foreach_lerp_(old, new, 1 - decay)
        for count, newer in self._counts:
            count.copy_(newer)
