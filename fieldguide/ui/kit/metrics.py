"""Distances, in device-independent pixels: one scale of spaces, two roundings. Sizes of text live in `theme`."""

from __future__ import annotations

HAIR = 4
TIGHT = 8
CLOSE = 12
SPACE = 16
WIDE = 24
BROAD = 40

ROUND = 10
ROUNDER = 16

ICON = 20
