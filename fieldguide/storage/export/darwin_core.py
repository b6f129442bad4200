"""A Darwin Core archive for biodiversity portals: occurrence.csv, meta.xml and eml.xml in one zip.

Terms: https://dwc.tdwg.org/terms/ ; archive: https://dwc.tdwg.org/text/ . A machine's guess is no record of a species:
only finds with a human's label are written, unless asked otherwise.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

from fieldguide.core.atomic import written_atomically
from fieldguide.core.decision.standing import machine_danger, shown_taxon
from fieldguide.core.guide import Guide
from fieldguide.core.records import Observation
from fieldguide.core.taxonomy import Rank, Taxon
from fieldguide.core.text import shown, text
from fieldguide.storage.export import Exported, LeftOut
from fieldguide.storage.export.places import UNCERTAINTY, Places
from fieldguide.storage.rows import file_name

_TERMS = "http://rs.tdwg.org/dwc/terms/"
TERMS = (
    "occurrenceID",
    "basisOfRecord",
    "eventDate",
    "scientificName",
    "taxonRank",
    "kingdom",
    "family",
    "genus",
    "taxonID",
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "coordinateUncertaintyInMeters",
    "recordedBy",
    "identificationVerificationStatus",
    "identificationRemarks",
    "dynamicProperties",
    "occurrenceRemarks",
)
MEDIA_TERMS = ("type", "format", "identifier", "title", "created", "creator")
_DUBLIN_CORE = "http://purl.org/dc/terms/"
_MULTIMEDIA = "http://rs.gbif.org/terms/1.0/Multimedia"
_FORMATS = {"jpg": "image/jpeg", "tif": "image/tiff"}
_PROTOZOA = frozenset({"Physaraceae", "Reticulariaceae", "Stemonitidaceae", "Tubiferaceae"})  # slime moulds


def export_darwin_core(
    observations: Iterable[Observation],
    guide: Guide,
    path: Path,
    library: uuid.UUID,
    *,
    verified_only: bool = True,
    places: Places = Places.EXACT,
    recorded_by: str = "",
    today: date | None = None,
) -> Exported:
    """Write the archive. `library` makes each occurrenceID the same in every later export, and unique in the world.

    Left out are finds without a label (with `verified_only` False: without any name).

    Raises:
        FieldGuideError: DISK_FULL or NOT_WRITABLE with `path`.
    """
    written = left_out = 0
    shape, media = _Shape(library, places, recorded_by), list[tuple[str, ...]]()
    with written_atomically(path) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("occurrence.csv", "w", force_zip64=True) as entry:
            table = io.TextIOWrapper(entry, "utf-8", newline="", write_through=True)
            writer = csv.DictWriter(table, TERMS, lineterminator="\n")
            writer.writeheader()
            for observation in observations:
                taxon = observation.verified if verified_only else shown_taxon(observation)
                if taxon is None or taxon.rank is Rank.BACKGROUND:
                    left_out += 1
                    continue
                writer.writerow(_occurrence(observation, taxon, guide, shape))
                media += [(_identifier(shape, observation), *each) for each in _media(observation, shape)]
                written += 1
            table.detach()
        archive.writestr("multimedia.csv", _media_table(media))
        archive.writestr("meta.xml", _meta())
        archive.writestr("eml.xml", _eml(library, today or date.today()))
    why = LeftOut.UNVERIFIED if verified_only else LeftOut.NAMELESS
    return Exported(path, written, left_out, why=why)


def _occurrence(observation: Observation, taxon: Taxon, guide: Guide, shape: _Shape) -> dict[str, object]:
    record = guide.record(taxon.name)
    place = observation.latitude is not None and observation.longitude is not None
    return {
        "occurrenceID": _identifier(shape, observation),
        "basisOfRecord": "HumanObservation",  # a person found and photographed it, whoever named it
        "eventDate": observation.observed_at.isoformat(timespec="seconds") if observation.observed_at else "",
        "scientificName": taxon.name,
        "taxonRank": taxon.rank.value,
        "kingdom": _kingdom(taxon) if record else "",
        "family": taxon.at(Rank.FAMILY) or "",
        "genus": taxon.at(Rank.GENUS) or "",
        "taxonID": f"gbif:{record.gbif_key}" if record and record.gbif_key else "",
        "decimalLatitude": observation.latitude if place else "",
        "decimalLongitude": observation.longitude if place else "",
        "geodeticDatum": "EPSG:4326" if place else "",
        "coordinateUncertaintyInMeters": UNCERTAINTY if place and shape.places is Places.BLURRED else "",
        "recordedBy": shape.recorded_by,
        "identificationVerificationStatus": "verified" if observation.verified else "unverified",
        "identificationRemarks": _remarks(observation),
        "dynamicProperties": json.dumps(_properties(observation, guide)),
        "occurrenceRemarks": observation.notes,
    }


@dataclass(frozen=True, slots=True)
class _Shape:
    library: uuid.UUID
    places: Places
    recorded_by: str


def _identifier(shape: _Shape, observation: Observation) -> str:
    return f"urn:uuid:{uuid.uuid5(shape.library, str(observation.id))}"


def _media(observation: Observation, shape: _Shape) -> Iterator[tuple[str, ...]]:
    """`MEDIA_TERMS` of each photo: without an address its content identifies it; no path is written."""
    for photo in observation.photos:
        suffix = photo.path.suffix.lower().lstrip(".")
        kind = _FORMATS.get(suffix, f"image/{suffix}")
        day = photo.taken_at.isoformat(timespec="seconds") if photo.taken_at else ""
        content = f"hash://sha256/{photo.sha256}"
        yield "StillImage", kind, content, shown(file_name(photo.path.name)), day, shape.recorded_by


def _media_table(rows: list[tuple[str, ...]]) -> str:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("occurrenceID", *MEDIA_TERMS))
    writer.writerows(rows)
    return table.getvalue()


def _properties(observation: Observation, guide: Guide) -> dict[str, object]:
    """The machine's alarm, and what the hand found as characters with their values."""
    found: dict[str, object] = {"machineAlarm": machine_danger(observation.identification, guide).shown.value}
    seen = {each.character: list(each.values) for each in observation.seen if each.counts}
    return {**found, "characters": seen} if seen else found


def _kingdom(taxon: Taxon) -> str:
    return "Protozoa" if taxon.family in _PROTOZOA else "Fungi"


def _remarks(observation: Observation) -> str:
    said = observation.identification
    if said is None:
        return ""
    name = said.verdict.taxon.name if said.verdict.taxon else said.verdict.kind.value
    model = f"{said.model.name} {said.model.version}"
    return text("storage.darwin_core_remark", model=model, name=name, probability=f"{said.verdict.probability:.2f}")


def _meta() -> str:
    fields = "\n".join(f'    <field index="{place}" term="{_TERMS}{term}"/>' for place, term in enumerate(TERMS))
    media = "\n".join(
        f'    <field index="{place}" term="{_DUBLIN_CORE}{term}"/>' for place, term in enumerate(MEDIA_TERMS, start=1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<archive xmlns="http://rs.tdwg.org/dwc/text/" metadata="eml.xml">
  <core encoding="UTF-8" fieldsTerminatedBy="," linesTerminatedBy="\\n" fieldsEnclosedBy="&quot;" ignoreHeaderLines="1"
    rowType="{_TERMS}Occurrence">
    <files><location>occurrence.csv</location></files>
    <id index="0"/>
{fields}
  </core>
  <extension encoding="UTF-8" fieldsTerminatedBy="," linesTerminatedBy="\\n" fieldsEnclosedBy="&quot;"
    ignoreHeaderLines="1" rowType="{_MULTIMEDIA}">
    <files><location>multimedia.csv</location></files>
    <coreid index="0"/>
{media}
  </extension>
</archive>
"""


def _eml(library: uuid.UUID, today: date) -> str:
    title, abstract = (escape(text(f"storage.darwin_core_{part}"), quote=False) for part in ("title", "abstract"))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<eml:eml xmlns:eml="https://eml.ecoinformatics.org/eml-2.2.0" packageId="{library}" system="FieldGuide">
  <dataset>
    <title>{title}</title>
    <creator><organizationName>FieldGuide</organizationName></creator>
    <pubDate>{today.isoformat()}</pubDate>
    <abstract><para>{abstract}</para></abstract>
    <contact><organizationName>FieldGuide</organizationName></contact>
  </dataset>
</eml:eml>
"""
