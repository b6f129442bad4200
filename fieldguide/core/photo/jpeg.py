"""A JPEG decoder that notices what libjpeg only warns of, at no cost: Pillow tells nobody of those warnings.

A flipped bit in the data makes the decoder lose its step: it is through with the picture before the data ends, or the
data ends before the picture, and libjpeg fills the rest with grey. So the data is handed over up to its last byte (the
picture may not be through), then with that byte (now it must be). The end marker itself is never needed.

Not noticed: a flip that keeps the step (a wrong shade from there on), damage between two restart markers, progressive
files. `docs/formats.md` has the measured shares.
"""

from __future__ import annotations

import io
from typing import Any

from PIL import JpegImagePlugin

from fieldguide.core.photo.loose_ends import refuse_warned_jpeg
from fieldguide.core.photo.structure import BrokenError, jpeg_head, jpeg_scan_end

_FILLING = b"\x00\xff"  # with these some cameras fill the data up before its end
_END = b"\xff\xd9"
_BEYOND = b"\xfe" * 8  # the decoder looks eight bytes ahead; read as data they are the longest codes, not even a block


class WatchedJpeg(JpegImagePlugin.JpegImageFile):
    """A JPEG in memory; `load` raises BrokenError when the data and the picture do not end together."""

    def __init__(self, data: bytes) -> None:
        head = jpeg_head(io.BytesIO(data))
        self._end = jpeg_scan_end(data, head)
        self._last = head.scan + len(data[head.scan : self._end].rstrip(_FILLING)) - 1  # a byte that the picture needs
        self._asked = 0  # how often the decoder wanted more than it may need
        self._stream = io.BytesIO(data if self._end is not None else data + _END)  # it may lack its end marker
        super().__init__(self._stream)

    def load(self) -> Any:
        """Decode."""
        loaded = super().load()
        if self._end is None:
            refuse_warned_jpeg(self._stream.getvalue())
        elif not self._asked:
            raise BrokenError("the picture ends before its data")
        return loaded

    def load_read(self, read_bytes: int) -> bytes:
        """The next piece of the file."""
        if self._end is None:
            return super().load_read(read_bytes)
        place = self._stream.tell()
        if place < self._last:
            return self._stream.read(min(read_bytes, self._last - place))
        self._asked += 1
        if self._asked > 1:
            raise BrokenError("the data ends before the picture", cut=True)
        return self._stream.read(self._end - place) + _BEYOND
