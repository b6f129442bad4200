import io

import numpy as np
import pytest
import torch
from PIL import Image

from tests.helpers.photo_folders import draw_kind
from tests.helpers.waits import Waits
from trainer.config import AUGMENT
from trainer.data.augment import Augment, whole
from trainer.data.jpeg import through_jpeg

NOTHING = dict.fromkeys(AUGMENT, 0.0) | {"crop": 1.0}
PIXELS = torch.from_numpy(np.stack([np.asarray(draw_kind(kind, kind, 64)) for kind in range(4)]))
ASPECT = torch.ones(4)


def _augmented(strengths: dict[str, float], seed: int = 3, size: int = 64) -> torch.Tensor:
    return Augment(size, NOTHING | strengths)(PIXELS, ASPECT, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", sorted(AUGMENT))
def test_every_name_changes_the_picture_and_the_seed_decides_how(name: str) -> None:
    strength = {"crop": 0.3, "rotate": 20.0}.get(name, 0.9)
    size = 224 if name == "lowres" else 64
    found = _augmented({name: strength}, size=size)
    assert found.shape == (4, 3, size, size)
    assert found.isfinite().all()
    assert (found - _augmented({}, size=size)).abs().mean() > 0.2
    assert torch.equal(found, _augmented({name: strength}, size=size))
    assert not torch.equal(found, _augmented({name: strength}, seed=4, size=size))


def test_low_resolution_leaves_nothing_finer_than_a_small_picture_holds() -> None:
    stripes = torch.full((2, 224, 224, 3), 20, dtype=torch.uint8)
    stripes[:, :, ::2] = 230  # two pixels apart: too fine for 64 to 160 pixels
    found = Augment(224, NOTHING | {"lowres": 1.0})(stripes, torch.ones(2), torch.Generator().manual_seed(1))
    kept = Augment(224, NOTHING)(stripes, torch.ones(2), torch.Generator().manual_seed(1))
    assert kept.std() > 80
    assert found.std() < 60


def test_white_balance_turns_blue_and_red_and_keeps_the_luma_of_gray() -> None:
    gray = torch.full((64, 8, 8, 3), 100, dtype=torch.uint8)
    found = Augment(8, NOTHING | {"white_balance": 0.4})(gray, torch.ones(64), torch.Generator().manual_seed(1))
    red, green, blue = found.mean(dim=(2, 3)).unbind(1)
    assert torch.allclose(0.299 * red + 0.587 * green + 0.114 * blue, torch.full((64,), 100.0), atol=1e-3)
    assert (blue / green).log().abs().max() <= 0.4 + 1e-4
    assert (red / green).log().abs().max() <= 0.2 + 1e-4
    assert (blue / green).log().std() > 0.15


def test_covered_surroundings_leave_the_middle() -> None:
    plain, masked = _augmented({}), _augmented({"background_mask": 1.0})
    assert (masked - plain)[:, :, 28:36, 28:36].abs().max() < 12
    assert (masked[:, :, :3, :3] - 127.5).abs().max() < 16


def test_jpeg_looks_as_a_codec_makes_it() -> None:
    pictures = whole(PIXELS, 64).round()
    for quality in (25, 75):
        stream = io.BytesIO()
        Image.fromarray(PIXELS[1].numpy()).save(stream, "jpeg", quality=quality)
        codec = torch.from_numpy(np.array(Image.open(stream))).permute(2, 0, 1).float()
        ours = through_jpeg(pictures[1:2], quality)[0]
        assert (ours - codec).abs().mean() < 0.5 * (pictures[1] - codec).abs().mean()


def test_pictures_of_any_size_go_through_jpeg() -> None:
    assert through_jpeg(torch.rand(1, 3, 37, 50) * 255, 50).shape == (1, 3, 37, 50)


def test_no_change_waits_for_the_device() -> None:
    everything = AUGMENT | dict.fromkeys(set(AUGMENT) - {"crop", "rotate"}, 0.9) | {"noise": 0.0}
    there = PIXELS.to("meta")
    with Waits() as waits:
        found = Augment(64, everything)(there, ASPECT, torch.Generator().manual_seed(3))
    assert found.device.type == "meta"
    assert waits.found == []
