"""A HEIC or AVIF picture made of tiles, as telephones write them, out of one that is one tile."""

from __future__ import annotations

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *parts: bytes, version: int = 0) -> bytes:
    return box(kind, bytes([version, 0, 0, 0]), *parts)


def grid_of(
    data: list[bytes], settings: bytes, kind: bytes, tile: tuple[int, int], seen: tuple[int, int], turned: int | None
) -> bytes:
    """Two columns of tiles (`tile`: width, height) of coded `data`, of which `seen` remains, turned by quarters.

    `settings`: the whole box `hvcC` or `av1C` that every tile shares.
    """
    count = len(data)
    grid = bytes([0, 0, count // 2 - 1, 1]) + struct.pack(">HH", *seen)
    items = [(1, b"grid"), *((number + 2, kind) for number in range(count))]
    described = [full(b"infe", struct.pack(">HH", item, 0), each, b"\0", version=2) for item, each in items]
    extents = [full(b"ispe", struct.pack(">II", *size)) for size in (seen, tile)]
    rotation = [] if turned is None else [box(b"irot", bytes([turned]))]
    own = [1, *([] if turned is None else [0x80 | 5])]  # to be honoured
    uses = [struct.pack(">HB", 1, len(own)) + bytes(own)]
    uses += [struct.pack(">HB", number + 2, 3) + bytes([2, 3, 4]) for number in range(count)]
    eight_bits = full(b"pixi", b"\3\x08\x08\x08")
    properties = box(
        b"iprp",
        box(b"ipco", *extents, settings, eight_bits, *rotation),
        full(b"ipma", struct.pack(">I", len(uses)), *uses),
    )
    parts = struct.pack(">HH", 1, count) + struct.pack(f">{count}H", *range(2, count + 2))

    def meta(start: int) -> bytes:
        places, place = [], start
        for number, piece in enumerate([grid, *data]):
            places.append(struct.pack(">HHHII", number + 1, 0, 1, place, len(piece)))
            place += len(piece)
        return full(
            b"meta",
            full(b"hdlr", bytes(4), b"pict", bytes(13)),
            full(b"pitm", struct.pack(">H", 1)),
            full(b"iloc", b"\x44\x00", struct.pack(">H", len(places)), *places),
            full(b"iinf", struct.pack(">H", len(described)), *described),
            full(b"iref", box(b"dimg", parts)),
            properties,
        )

    brand = b"heic" if kind == b"hvc1" else b"avif"
    head = box(b"ftyp", brand, bytes(4), b"mif1", brand, b"miaf")
    body = grid + b"".join(data)
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", body)
