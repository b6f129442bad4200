"""What is no photo of a mushroom, before the starter model: drawings that it was not trained on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from fieldguide.core.guide import load_guide
from fieldguide.core.records import VerdictKind
from fieldguide.core.resources import resource
from fieldguide.inference.identify import FindIdentifier
from fieldguide.inference.runtime import Runtime


def toadstool(pen: ImageDraw.ImageDraw) -> None:
    """As on a birthday card."""
    pen.rectangle((210, 230, 290, 420), fill="#f6ead0", outline="black", width=6)
    pen.chord((90, 60, 410, 420), 180, 360, fill="#d81e1e", outline="black", width=6)
    for x, y, size in ((160, 180, 25), (240, 110, 30), (320, 170, 22), (260, 200, 18)):
        pen.ellipse((x - size, y - size, x + size, y + size), fill="white")


def outline(pen: ImageDraw.ImageDraw) -> None:
    """The same in pencil."""
    pen.arc((90, 60, 410, 420), 180, 360, fill="#444444", width=4)
    pen.line((90, 240, 410, 240, 300, 250, 290, 430, 210, 430, 200, 250), fill="#444444", width=4)


def face(pen: ImageDraw.ImageDraw) -> None:
    """A round one that smiles."""
    pen.ellipse((80, 60, 420, 420), fill="#ffd23f", outline="black", width=8)
    for x in (180, 320):
        pen.ellipse((x - 22, 170, x + 22, 230), fill="black")
    pen.arc((160, 200, 340, 350), 20, 160, fill="black", width=10)


@pytest.mark.parametrize("draw", [toadstool, outline, face])
def test_a_drawing_is_named_nothing(tmp_path: Path, draw) -> None:
    picture = Image.new("RGB", (500, 480), "white")
    draw(ImageDraw.Draw(picture))
    picture.save(tmp_path / "drawing.png")
    runtime = Runtime.load(resource("model", "starter.fieldguide"), device="cpu")
    (find,) = FindIdentifier(runtime, load_guide()).identify([[tmp_path / "drawing.png"]])
    assert find.identification is not None
    assert find.identification.verdict.kind is VerdictKind.UNKNOWN
