"""FieldGuide: what a photo could show, how sure that is, and whether anything dangerous is among the possibilities."""

__version__ = "0.1.0"
