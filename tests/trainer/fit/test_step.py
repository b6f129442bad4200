"""A step of learning, and the batches that feed it: in one piece, in parts, from memory, read ahead."""

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import load_guide
from tests.helpers.waits import Waits
from trainer.config import AUGMENT, FitConfig
from trainer.data.augment import Augment
from trainer.data.dataset import CachedPhotos
from trainer.data.labels import build_tree, resolve_labels
from trainer.fit.feed import Feed, fits, hold, read_ahead
from trainer.fit.losses import TreeLoss
from trainer.fit.step import MovingAverage, Stepper
from trainer.progress import Progress, Style

CPU = torch.device("cpu")
NAMES = resolve_labels(["Amanita_muscaria", "Boletus_edulis"], load_guide())


class SmallMemory(nn.Module):
    """Holds `room` pictures at a time."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.head = nn.Linear(3, 2)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        if len(pictures) > self.room:
            raise torch.cuda.OutOfMemoryError
        embedding = pictures.mean(dim=(2, 3)) / 255
        return self.head(embedding), embedding


@pytest.fixture
def photos() -> CachedPhotos:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (20, 16, 16, 3), dtype=np.uint8)
    rows = random.permutation(20)[:12]
    ones = np.ones(12, np.float32)
    target, draw, source = random.integers(0, 2, 12), np.full(12, 1 / 12), np.zeros(12, np.int64)
    return CachedPhotos(pixels, rows, target, ones, ones, draw, source)


def _step(room: int, photos: CachedPhotos) -> tuple[Stepper, SmallMemory]:
    torch.manual_seed(0)
    model = SmallMemory(room)
    config = FitConfig(mixup=1.0, precision="float32")
    stepper = Stepper(TreeLoss(build_tree(NAMES.taxa), 2, (), 0.0), config, CPU, Progress(Style.QUIET))
    stepper.model = model
    augment = Augment(16, dict.fromkeys(AUGMENT, 0.0) | {"crop": 1.0})
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    stepper(photos.batch(np.arange(12)), augment, optimizer, torch.Generator().manual_seed(1))
    return stepper, model


def test_out_of_memory_a_batch_goes_through_in_parts_and_teaches_the_same(photos: CachedPhotos) -> None:
    whole, parts = _step(12, photos), _step(4, photos)
    assert (whole[0].parts, parts[0].parts) == (1, 4)
    for one, other in zip(whole[1].parameters(), parts[1].parameters(), strict=True):
        assert one.grad is not None
        assert torch.allclose(one.grad, other.grad, atol=1e-6)


def test_a_picture_that_does_not_fit_alone_is_told(photos: CachedPhotos) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        _step(0, photos)
    assert refusal.value.code is ErrorCode.DEVICE_MEMORY


def test_batches_are_the_same_from_the_cache_from_memory_and_read_ahead(photos: CachedPhotos) -> None:
    wanted = [np.array(rows) for rows in ([3, 1], [0, 11], [7], [5, 5], [2, 4, 6])]
    direct = list(Feed(photos, CPU).batches(wanted))
    held = list(Feed(photos, CPU, hold(photos, CPU)).batches(wanted))
    ahead = list(read_ahead(photos, wanted, CPU))
    assert len(direct) == len(held) == len(ahead) == 5
    for batches in zip(direct, held, ahead, strict=True):
        for name in ("pixels", "aspect", "target", "weight"):
            first, second, third = (getattr(batch, name) for batch in batches)
            assert torch.equal(first, second)
            assert torch.equal(first, third)


def test_on_a_device_a_step_waits_for_nothing_and_leaves_nothing_behind(photos: CachedPhotos) -> None:
    """From the photos that the device holds to moved weights: a tensor on the wrong device would be an error."""
    there = torch.device("meta")
    torch.manual_seed(0)
    model = SmallMemory(12).to(there)
    tree = TreeLoss(build_tree(NAMES.taxa), 2, (0.3, 0.1), 0.1).to(there)
    config = FitConfig(mixup=0.5, cutmix=0.5, precision="float32")
    stepper = Stepper(tree, config, CPU, Progress(Style.QUIET), anything_else=1)  # autocast knows no such device
    stepper.model, stepper.drawings, stepper.surroundings = model, 0.3, 0.4
    strengths = AUGMENT | dict.fromkeys(set(AUGMENT) - {"crop", "rotate"}, 0.9) | {"noise": 0.0}  # drawn over there
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    moving = MovingAverage(copy.deepcopy(model), model)
    feed = Feed(photos, there, hold(photos, there))
    with Waits() as waits:
        for seed, batch in enumerate(feed.batches([np.arange(12), np.arange(6)])):
            mean = stepper(batch, Augment(16, strengths), optimizer, torch.Generator().manual_seed(seed))
            moving.blend(0.9)
            assert mean.device == there
    assert waits.found == []


def test_pixels_leave_the_network_its_memory(photos: CachedPhotos) -> None:
    size = 12 * 16 * 16 * 3
    assert fits(photos, 3 * size)
    assert not fits(photos, 2 * size)
