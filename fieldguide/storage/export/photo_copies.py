"""Copies of photos that tell programs for pictures what they show: names as hierarchical keywords in XMP.

A JPEG carries it inside (XMP part 3, 1.1.3), and whatever else its XMP said stays; other formats have a file beside
them, as such programs read it. Originals are read, never changed; not one pixel of a copy changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from fieldguide.core.atomic import all_or_none, write_whole
from fieldguide.core.bounded import read_at_most
from fieldguide.core.decision.standing import machine_danger, shown_taxon
from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.guide import Guide
from fieldguide.core.photo.privacy import without_place
from fieldguide.core.photo.reading import MAX_FILE_BYTES
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Rank
from fieldguide.storage.export import Exported
from fieldguide.storage.export.places import Places
from fieldguide.storage.locations import make_folder
from fieldguide.storage.rows import plain_suffix

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_LR = "http://ns.adobe.com/lightroom/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"
_META = "adobe:ns:meta/"
for _prefix, _space in (("rdf", _RDF), ("dc", _DC), ("lr", _LR), ("exif", _EXIF), ("x", _META)):
    ElementTree.register_namespace(_prefix, _space)
_SIGN = b"http://ns.adobe.com/xap/1.0/\x00"
_LARGEST = 65_533  # bytes of a JPEG segment behind its marker and length
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_NOT_XML = {code: None for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}


def export_photo_copies(
    observations: Iterable[Observation], guide: Guide, folder: Path, language: str = "en", places: Places = Places.NONE
) -> Exported:
    """Copy each photo to `folder/NAME_obsNUMBER_DIGEST.suffix`. The finds come `placed` already.

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`, PHOTO_TOO_LARGE with `file`; nothing new is left.
    """
    written, missing = 0, list[Path]()
    with all_or_none() as about_to_make:
        about_to_make(folder)
        make_folder(folder)
        for find in observations:
            taxon = shown_taxon(find)
            name = _NOT_IN_NAMES.sub("_", taxon.name if taxon else "unknown").strip("._") or "_"
            for photo in find.photos:
                target = folder / f"{name}_obs{find.id:06}_{photo.sha256[:12]}{plain_suffix(photo.path)}"
                try:
                    with photo.path.open("rb") as stream:
                        data = read_at_most(stream, MAX_FILE_BYTES)
                except (OSError, ValueError):
                    missing.append(photo.path)
                    continue
                if len(data) > MAX_FILE_BYTES:
                    raise FieldGuideError(ErrorCode.PHOTO_TOO_LARGE, file=photo.path.name)
                for each in (target, _beside(target)):
                    about_to_make(each)
                _write(target, data if places is Places.EXACT else without_place(data), find, guide, language)
            written += 1
    return Exported(folder, written, 0, tuple(missing))


def _beside(target: Path) -> Path:
    """The words of a photo that cannot hold them."""
    return target.with_name(f"{target.name}.xmp")


def keywords(find: Observation, guide: Guide, language: str) -> tuple[list[str], list[str]]:
    """Plain keywords, and hierarchical ones parted by bars. A machine's guess is called one; its alarm is with it."""
    taxon = shown_taxon(find)
    levels = [level for level in (taxon.at(rank) for rank in (Rank.FAMILY, Rank.GENUS)) if level] if taxon else []
    if taxon and taxon.name not in levels:
        levels.append(taxon.name)
    record = guide.record(taxon.name) if taxon else None
    common = [record.common_name(language)] if record and record.common_name(language) else []
    root = "Fungi" if find.verified else "FieldGuide|guess"
    alarm = f"FieldGuide|alarm|{machine_danger(find.identification, guide).shown.value}"
    plain = [*([*levels, *common] if find.verified else [f"{name} (guess)" for name in levels]), *find.tags]
    return plain, [*(["|".join([root, *levels])] if levels else []), alarm]


def _write(target: Path, data: bytes, find: Observation, guide: Guide, language: str) -> None:
    if not data.startswith(b"\xff\xd8\xff"):
        write_whole(target, data)
        write_whole(_beside(target), _packet(b"", find, guide, language))
        return
    before, rest = _parted(data)
    body = _SIGN + _packet(before, find, guide, language)
    if len(body) > _LARGEST:
        body = _SIGN + _packet(b"", find, guide, language)
    write_whole(target, data[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + rest)


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """The XMP that a JPEG has, and the file without it and without its first two bytes."""
    place, kept, found = 2, bytearray(), b""
    while data[place : place + 1] == b"\xff" and 0xE0 <= data[place + 1] <= 0xEF:
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        segment = data[place:end]
        if segment[1] == 0xE1 and segment[4:].startswith(_SIGN):
            found = segment[4 + len(_SIGN) :]
        else:
            kept += segment
        place = end
    return found, bytes(kept) + data[place:]


def _packet(before: bytes, find: Observation, guide: Guide, language: str) -> bytes:
    root = _read(before)
    rdf = next(root.iter(f"{{{_RDF}}}RDF"), None)
    if rdf is None:
        rdf = ElementTree.SubElement(root, f"{{{_RDF}}}RDF")
    description = ElementTree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""})
    plain, tree = keywords(find, guide, language)
    for tag, listed in ((f"{{{_DC}}}subject", plain), (f"{{{_LR}}}hierarchicalSubject", tree)):
        _bag(rdf, description, tag, listed)
    if find.latitude is not None and find.longitude is not None:
        description.set(f"{{{_EXIF}}}GPSLatitude", _degrees(find.latitude, "NS"))
        description.set(f"{{{_EXIF}}}GPSLongitude", _degrees(find.longitude, "EW"))
    words = ElementTree.tostring(root, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{words}<?xpacket end="w"?>'.encode()


def _read(before: bytes) -> ElementTree.Element:
    if before and b"<!" not in before:
        try:
            found = ElementTree.fromstring(re.sub(rb"<\?xpacket.*?\?>", b"", before, flags=re.DOTALL).strip(b"\x00 \n"))
        except (ElementTree.ParseError, ValueError):
            found = None
        if found is not None and found.tag == f"{{{_META}}}xmpmeta":
            return found
    return ElementTree.Element(f"{{{_META}}}xmpmeta")


def _bag(rdf: ElementTree.Element, description: ElementTree.Element, tag: str, words: list[str]) -> None:
    """A list of keywords; those that the photo had already come first."""
    had = [word for each in rdf for old in each.findall(tag) for word in _taken(each, old)]
    bag = ElementTree.SubElement(ElementTree.SubElement(description, tag), f"{{{_RDF}}}Bag")
    for word in dict.fromkeys([*had, *words]):
        ElementTree.SubElement(bag, f"{{{_RDF}}}li").text = word.translate(_NOT_XML)


def _taken(parent: ElementTree.Element, old: ElementTree.Element) -> Iterator[str]:
    parent.remove(old)
    yield from (item.text for item in old.iter(f"{{{_RDF}}}li") if item.text)


def _degrees(value: float, letters: str) -> str:
    """As XMP writes them: whole degrees, minutes with a fraction, a letter."""
    whole, part = divmod(abs(value), 1)
    return f"{int(whole)},{part * 60:.6f}{letters[value < 0]}"
