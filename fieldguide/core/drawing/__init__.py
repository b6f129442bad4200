"""A drawing of every kind, made from its characters: SVG text, at any size, for light and dark. No portrait of anything.

Knows characters, no screen: `ui.kit.drawings` renders it. The same characters always give the same drawing.
"""

from fieldguide.core.drawing.draw import draw_kind, draw_value
from fieldguide.core.drawing.look import Look, look_of
from fieldguide.core.drawing.pencil import DAY, NIGHT, Paper

__all__ = ["DAY", "NIGHT", "Look", "Paper", "draw_kind", "draw_value", "look_of"]
