"""Pictures that lose their subject: drawings of few flat colours, corners without what stands in the middle."""

from __future__ import annotations

import torch

from trainer.data.subjectless import draw, surroundings


def test_a_drawing_has_even_areas_where_the_photo_has_none() -> None:
    photos = torch.rand(24, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 255
    drawn = draw(photos, torch.Generator().manual_seed(2))
    assert drawn.shape == photos.shape
    assert 0 <= float(drawn.min()) and float(drawn.max()) <= 255

    def even(pictures: torch.Tensor) -> torch.Tensor:
        return ((pictures[..., 1:] - pictures[..., :-1]).abs().amax(dim=1) < 1).float().mean(dim=(1, 2))

    assert float(even(photos).max()) < 0.01
    assert float(even(drawn).median()) > 0.5


def test_the_same_seed_draws_the_same() -> None:
    photos = torch.rand(4, 3, 48, 48, generator=torch.Generator().manual_seed(1)) * 255
    one, other = (draw(photos, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(one, other)


def test_surroundings_leave_out_the_middle_and_the_corner_that_stands_out() -> None:
    grass = torch.tensor([40, 120, 30], dtype=torch.uint8)
    cap = torch.tensor([220, 30, 20], dtype=torch.uint8)
    photos = grass.expand(16, 96, 96, 3).clone()
    photos[:, 42:54, 42:54] = cap
    photos[:, :30, :30] = cap
    around = surroundings(photos, 64, torch.Generator().manual_seed(3))
    assert around.shape == (16, 3, 64, 64)
    assert torch.allclose(around.mean(dim=(0, 2, 3)), grass.float(), atol=1)
