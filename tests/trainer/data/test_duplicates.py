"""The perceptual hash, and the search against a brute-force one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from trainer.data.duplicates import (
    close_pairs,
    hamming,
    hashes_of_copies,
    near_duplicate_groups,
    perceptual_hash,
    witness_groups,
)


def _picture(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A smooth random picture, as photos are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def _hash(picture: Image.Image) -> int:
    return perceptual_hash(np.asarray(picture))


def _distance(left: int, right: int) -> int:
    return (left ^ right).bit_count()


def _flipped(value: int, bits: list[int]) -> int:
    for bit in bits:
        value ^= 1 << bit
    return value


def test_a_rescaled_and_brighter_copy_is_near_and_another_picture_is_far() -> None:
    original = _picture(1)
    copy = original.resize((90, 68), Image.Resampling.BILINEAR).point(lambda level: min(255, int(level * 0.9) + 12))
    assert _distance(_hash(original), _hash(copy)) <= 4
    assert _distance(_hash(original), _hash(_picture(2))) > 12


def test_a_flat_picture_has_the_hash_zero() -> None:
    assert perceptual_hash(np.full((40, 50), 137, dtype=np.uint8)) == 0


def test_hamming_counts_bits() -> None:
    left = np.array([0, 0b1011, 2**64 - 1], dtype=np.uint64)
    right = np.array([0, 0, 0], dtype=np.uint64)
    assert hamming(left, right).tolist() == [0, 3, 64]


@pytest.mark.parametrize("distance", [0, 1, 4, 7])
def test_the_search_finds_what_brute_force_finds(distance: int) -> None:
    generator = np.random.default_rng(3)
    seeds = generator.integers(0, 2**63, 60, dtype=np.uint64)
    family = [_flipped(int(seed), generator.integers(0, 64, count).tolist()) for seed in seeds for count in range(7)]
    hashes = np.unique(np.array(family, dtype=np.uint64))
    left, right = close_pairs(hashes, distance)
    upper = np.triu_indices(len(hashes), 1)
    close = hamming(hashes[upper[0]], hashes[upper[1]]) <= distance
    expected = set(zip(upper[0][close].tolist(), upper[1][close].tolist(), strict=True))
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == expected


def test_groups_chain_and_are_numbered_by_first_appearance() -> None:
    base = 0x0123456789ABCDEF
    chain = [base, _flipped(base, [0, 1, 2]), _flipped(base, [0, 1, 2, 20, 21, 22])]
    hashes = np.array([2**63, chain[2], chain[0], 2**63, chain[1], 0xFFFF], dtype=np.uint64)
    assert near_duplicate_groups(hashes).tolist() == [0, 1, 1, 0, 1, 2]
    assert near_duplicate_groups(hashes[:0]).tolist() == []


def test_copies_and_finds_chain_into_one_witness() -> None:
    far = [0x0F0F_0F0F_0F0F_0F0F, 0x3333_CCCC_3333_CCCC, 0xFFFF_0000_FFFF_0000]
    hashes = np.array([far[0], far[1], far[1] ^ 1, far[2], far[2] ^ 2, far[0] ^ 0xFF00], dtype=np.uint64)
    assert witness_groups(hashes, ["one", "one", "", "two", "", ""]).tolist() == [0, 0, 0, 1, 1, 2]
    assert witness_groups(hashes[:0], []).tolist() == []


def _found(change: Callable[[Image.Image], Image.Image], pictures: int = 40) -> float:
    """The share of copies, changed in this way, that are put into one group with their picture, and with no other."""
    originals = [_picture(seed, (480, 360)) for seed in range(pictures)]
    grays = [np.asarray(picture) for picture in (*originals, *map(change, originals))]
    hashes = np.array([perceptual_hash(gray) for gray in grays], dtype=np.uint64)
    looks = [hashes_of_copies(gray) for gray in grays]
    variants = np.array([(mirrored, *cropped) for mirrored, cropped in looks], dtype=np.uint64).T
    groups = near_duplicate_groups(hashes, variants=variants)
    assert len(np.unique(groups[:pictures])) == pictures
    return float((groups[:pictures] == groups[pictures:]).mean())


def _cropped(picture: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = picture.size
    return picture.crop(
        (round(left * width), round(top * height), round((1 - right) * width), round((1 - bottom) * height))
    )


def test_which_copies_are_found_and_which_are_not() -> None:
    """The figures behind the sentence of report and card; `docs/benchmarks.md` has those of real photos."""
    assert _found(lambda p: p.resize((200, 150))) == 1.0
    assert _found(lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == 1.0
    for share in (0.025, 0.05, 0.075, 0.1):
        assert _found(lambda p, c=share: _cropped(p, c, c, c, c)) == 1.0  # type: ignore[misc]
    assert _found(lambda p: _cropped(p, 0.05, 0.05, 0.05, 0.05).transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == 1.0
    assert _found(lambda p: _cropped(p, 0.2, 0.2, 0.2, 0.2)) < 0.5
    assert _found(lambda p: _cropped(p, 0.2, 0.0, 0.0, 0.0)) < 0.5
    assert _found(lambda p: p.transpose(Image.Transpose.ROTATE_90)) < 0.5
