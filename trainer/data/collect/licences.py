"""Which licence a photo stands under, from the many ways in which publishers write it."""

from __future__ import annotations

import re
from enum import StrEnum


class Licence(StrEnum):
    """Creative Commons licences and dedications that allow sharing with changes, from the freest on."""

    CC0 = "CC0"
    CC_BY = "CC BY"
    CC_BY_SA = "CC BY-SA"
    CC_BY_NC = "CC BY-NC"
    CC_BY_NC_SA = "CC BY-NC-SA"


CHOICES = {"cc0": Licence.CC0, "by": Licence.CC_BY, "by-sa": Licence.CC_BY_SA, "by-nc": Licence.CC_BY_NC}
"""What may be asked for on the command line."""

_URL = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z0-9-]+)", re.IGNORECASE)
_NAMES = {
    "zero": Licence.CC0,
    "mark": Licence.CC0,  # the Public Domain Mark: no known copyright
    "by": Licence.CC_BY,
    "by-sa": Licence.CC_BY_SA,
    "by-nc": Licence.CC_BY_NC,
    "by-nc-sa": Licence.CC_BY_NC_SA,
}


def read_licence(written: str) -> Licence | None:
    """The licence that a media record names; None when it names none, another one, or one that forbids changes.

    Understands addresses (http://creativecommons.org/licenses/by-nc/4.0/), GBIF's own codes (CC_BY_4_0) and the usual
    short forms (CC BY-SA 3.0, cc0). "All rights reserved", "ND" and empty are None: silence is no licence.
    """
    address = _URL.search(written)
    if address:
        return _NAMES.get(address[2].lower())
    words = re.sub(r"[\s_-]+", "-", written.strip().lower())
    if re.fullmatch(r"cc-?0(-1[-.]0)?|cc-?zero|public-?domain", words):
        return Licence.CC0
    short = re.fullmatch(r"cc-(by(?:-nc)?(?:-sa)?)(-\d[-.]\d)?(-[a-z]{2})?", words)
    return _NAMES[short[1]] if short else None
