"""Which photos show the same picture or the same find: a perceptual hash, and groups that count as one witness.

Knows hashes and names of finds only, neither files nor labels. Exact copies need no search of their own: equal bytes
give equal hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Hashes = NDArray[np.uint64]
Indices = NDArray[np.int64]

HASH_BITS = 64
NEAR = 4  # bits: measured on web photos as rescaled, recompressed or lightly retouched copies of one picture
CROPS = (0.025, 0.05, 0.075, 0.1)  # shares of each edge
_SIDE = 32  # pixels of the picture that is transformed
_KEPT = 8  # lowest frequencies per axis: 8 * 8 = 64 bits
_FLAT = 1e-3  # grey levels: weaker frequencies are rounding, not picture
_BIT_COUNTS = np.array([value.bit_count() for value in range(1 << 16)], dtype=np.uint8)


def _cosines() -> NDArray[np.float64]:
    """Rows of the DCT-II, [_KEPT, _SIDE]."""
    frequency = np.arange(_KEPT)[:, None]
    position = np.arange(_SIDE)[None, :]
    rows: NDArray[np.float64] = np.cos(np.pi * frequency * (2 * position + 1) / (2 * _SIDE)) / _SIDE
    return rows


_COSINES = _cosines()


def perceptual_hash(gray: NDArray[np.uint8]) -> int:
    """The 64-bit hash of what a picture shows: 8 x 8 lowest DCT frequencies against their median.

    C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section 3.2.1. Near under
    rescaling, recompression and small changes of brightness; not under crops, flips or rotation.

    Args:
        gray: uint8 [H, W], any size; a picture of a few hundred pixels is plenty.

    Returns:
        0 to 2**64 - 1; a picture without any structure has the hash 0.
    """
    small = np.asarray(Image.fromarray(gray).resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64)
    frequencies = (_COSINES @ small @ _COSINES.T).ravel()
    if np.abs(frequencies[1:]).max() < _FLAT:
        return 0
    bits = frequencies > np.median(frequencies)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def hashes_of_copies(gray: NDArray[np.uint8]) -> tuple[int, list[int]]:
    """The hash of the mirrored picture, and those of the picture without CROPS of each edge: what copies would have."""
    height, width = gray.shape
    edges = [(round(height * share), round(width * share)) for share in CROPS]
    cropped = [perceptual_hash(gray[y : height - y, x : width - x]) for y, x in edges]
    return perceptual_hash(gray[:, ::-1]), cropped


def hamming(left: Hashes, right: Hashes) -> NDArray[np.uint8]:
    """How many of 64 bits differ, element by element: uint64 [N] twice -> uint8 [N], 0 to 64."""
    different = np.ascontiguousarray(left ^ right)
    counts: NDArray[np.uint8] = _BIT_COUNTS[different.view(np.uint16).reshape(-1, 4)].sum(axis=1, dtype=np.uint8)
    return counts


def close_pairs(hashes: Hashes, distance: int = NEAR) -> tuple[Indices, Indices]:
    """Every pair of *distinct* hashes that differ in at most `distance` bits.

    Multi-index hashing (Norouzi, Punjani, Fleet, CVPR 2012): cut into `distance + 2` bands, two hashes that close agree
    exactly in at least two of them, so only hashes that share two bands are compared. Near-linear as long as
    buckets of about `128 / (distance + 2)` bits stay small; memory is linear in any case.

    Args:
        hashes: uint64 [N] without repeats. distance: bits, 0 to 14.

    Returns:
        Positions (i, j), int64 [P] each, without repeats.
    """
    if not 0 <= distance <= 14:
        raise ValueError(f"distance {distance} is not within 0 to 14")
    found = [np.empty((0, 2), dtype=np.int64)]
    for band in combinations(_bands(distance + 2), 2):
        keys = hashes & (band[0] | band[1])
        order = np.argsort(keys, kind="stable")
        found.append(_neighbours_in_buckets(keys[order], hashes[order], order, distance))
    pairs = np.unique(np.sort(np.concatenate(found), axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _bands(count: int) -> list[np.uint64]:
    """64 bits cut into `count` masks of nearly equal width."""
    edges = [HASH_BITS * index // count for index in range(count + 1)]
    return [np.uint64((1 << end) - (1 << start)) for start, end in pairwise(edges)]


def _neighbours_in_buckets(keys: Hashes, hashes: Hashes, order: Indices, distance: int) -> Indices:
    """Close pairs [P, 2] within runs of equal sorted `keys`, one step of distance along the runs at a time."""
    found = [np.empty((0, 2), dtype=np.int64)]
    starts = np.arange(len(keys))
    step = 1
    while len(starts):
        starts = starts[starts + step < len(keys)]
        starts = starts[keys[starts] == keys[starts + step]]
        close = starts[hamming(hashes[starts], hashes[starts + step]) <= distance]
        found.append(np.stack([order[close], order[close + step]], axis=1))
        step += 1
    return np.concatenate(found)


def near_duplicate_groups(hashes: Hashes, distance: int = NEAR, variants: Hashes | None = None) -> Indices:
    """Groups of photos that show the same picture: connected through steps of at most `distance` bits.

    Args:
        hashes: uint64 [N]. distance: bits that two neighbours of a group may differ in.
        variants: uint64 [K,N], the hashes of the same pictures mirrored or cropped: then copies that were are near too.

    Returns:
        int64 [N]: the group of each photo, numbered from 0 in the order of first appearance.
    """
    if len(hashes) == 0:
        return np.empty(0, dtype=np.int64)
    looks = hashes[None] if variants is None else np.concatenate([hashes[None], variants])
    distinct, member = np.unique(looks, return_inverse=True)
    member = member.reshape(looks.shape)
    left, right = close_pairs(distinct, distance)
    left = np.concatenate([left, *[member[0]] * (len(looks) - 1)])  # a picture is what it was cropped to
    right = np.concatenate([right, *member[1:]])
    return _connected(left, right, len(distinct), member[0])


def witness_groups(
    hashes: Hashes, finds: Sequence[str], variants: Hashes | None = None, links: Sequence[tuple[int, int]] = ()
) -> Indices:
    """Groups of photos that are one unit of evidence: near-duplicates, photos of one find, and chains of both.

    Args:
        hashes: uint64 [N]. finds: N names of the find that each photo is of; empty where not known.
        variants: as in `near_duplicate_groups`.
        links: pairs of positions that are copies for other reasons.

    Returns:
        int64 [N], numbered from 0 in the order of first appearance.
    """
    near = near_duplicate_groups(hashes, variants=variants)
    if len(near) == 0:
        return near
    first: dict[str, int] = {}
    joined = [(first.setdefault(find, int(group)), int(group)) for find, group in zip(finds, near, strict=True) if find]
    joined += [(int(near[one]), int(near[other])) for one, other in links]
    left, right = np.array(joined, dtype=np.int64).reshape(-1, 2).T
    return _connected(left, right, int(near.max()) + 1, near)


def _connected(left: Indices, right: Indices, nodes: int, member: Indices) -> Indices:
    """For each entry of `member` [N] (a node) the part of the graph it lies in, numbered by first appearance."""
    links = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(nodes, nodes))
    part = connected_components(links, directed=False)[1][member]
    _, first, renumbered = np.unique(part, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    ordered: Indices = rank[renumbered]
    return ordered


def nearest_distances(hashes: Hashes, distance: int = NEAR) -> Indices:
    """Bits to the nearest other photo, int64 [N]: 0 to `distance`, or -1 when there is none so near."""
    distinct, member, count = np.unique(hashes, return_inverse=True, return_counts=True)
    left, right = close_pairs(distinct, distance)
    bits = hamming(distinct[left], distinct[right]).astype(np.int64)
    nearest = np.where(count > 1, 0, HASH_BITS + 1)
    for side in (left, right):
        np.minimum.at(nearest, side, bits)
    found: Indices = np.where(nearest > HASH_BITS, -1, nearest)[member]
    return found
