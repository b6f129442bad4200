"""A danger survives what programs, scripts and habits make of a name, at each door; a mild name is told no worse."""

from __future__ import annotations

import re

import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.guide import Guide, load_guide
from fieldguide.core.taxonomy import Rank, Taxon
from trainer.data.labels import taxon_named

MILD = "Hydnum repandum"
CYRILLIC = str.maketrans("abdefghiklmnoprstuvyz", "абдефгхиклмнопрстувиз")
GREEK = str.maketrans("abdefghiklmnoprstuvyz", "αβδεφγχικλμνοπρστυβυζ")
EVERY = 6  # of so many harmful species one is tried


def joined(name: str) -> str:
    return "".join(word.capitalize() for word in re.split("[ -]", name))


def by_sound(name: str) -> str:
    for letters, one in (("ph", "ф"), ("th", "т"), ("rh", "р"), ("ch", "х"), ("ae", "е"), ("qu", "кв"), ("x", "кс")):
        name = name.lower().replace(letters, one)
    return re.sub("c(?=[eiy])", "ц", name).replace("c", "к").translate(CYRILLIC)


RESPELT = {
    "joined by capitals": joined,
    "joined, the genus last": lambda name: joined(" ".join(reversed(name.split()))),
    "joined with something": lambda name: f"deadly{joined(name)}",
    "run together with something": lambda name: f"img001{name.replace(' ', '').lower()}de",
    "code of three": lambda name: name[:3] + name.split()[1][:3].capitalize(),
    "code of four": lambda name: (name[:4] + name.split()[1][:4]).lower(),
    "two joined by capitals": lambda name: joined(MILD) + joined(name),
    "two joined by or": lambda name: f"{joined(MILD)}Or{joined(name)}",
    "two joined by a hyphen": lambda name: f"{MILD}-{name}".replace(" ", "_"),
    "two joined by a bar": lambda name: f"{MILD}|{name}",
    "joined beside a mild one": lambda name: f"{MILD}/{joined(name)}",
    "shortened beside a mild one": lambda name: f"{MILD} or {name[0]}. {name.split()[1]}",
    "shortened in brackets": lambda name: f"{MILD} ({name[0]}. {name.split()[1]})",
    "its epithet beside a mild one": lambda name: f"{MILD} / {name.split()[1]}",
    "aff. behind an initial": lambda name: f"{name[0]}. aff. {name.split()[1]}",
    "Cyrillic by sound": by_sound,
    "Cyrillic beside a mild one": lambda name: f"{MILD} & {by_sound(name)}",
    "without its backslashes": lambda name: name.replace("a", "u0061"),
    "ii for u": lambda name: name.replace("u", "ii"),
}
SURELY_ITS_OWN = {"its epithet beside a mild one"}  # where no mild species bears the epithet too
NEARLY_ALL = {"Cyrillic by sound", "Cyrillic beside a mild one"}  # Х is both ch and h: nine of ten
GENUS = {"Greek": lambda name: name.lower().translate(GREEK), "joined": lambda name: f"deadly{name}"}


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def at_every_door(raw: str, guide: Guide) -> tuple[Danger, Danger]:
    """What a bundle's label and a folder of photos are told as."""
    (label,) = guide.placed([Taxon(raw, Rank.SPECIES, raw.split()[0])])
    return guide.danger(label), guide.danger(taxon_named(raw, guide))


def species(guide: Guide, *, harmful: bool) -> list[str]:
    kinds = [each for each in guide.records.values() if each.taxon.rank is Rank.SPECIES]
    return sorted(each.taxon.name for each in kinds if each.danger.harmful is harmful)[::EVERY]


@pytest.mark.parametrize("kind", RESPELT)
def test_a_harmful_species_keeps_its_danger_at_every_door(guide: Guide, kind: str) -> None:
    names = species(guide, harmful=True)
    if kind in SURELY_ITS_OWN:
        kinds = [each for each in guide.records.values() if not each.danger.harmful]
        mild = {name.split()[-1] for each in kinds for name in (each.taxon.name, *each.synonyms)}
        genera = {name.lower() for name in guide.records}  # "bovista" is a genus, too
        names = [name for name in names if name.split()[1] not in mild | genera]
    told = {name: at_every_door(RESPELT[kind](name), guide) for name in names}
    milder = [name for name in names if any(not level.harmful for level in told[name])]
    assert len(names) > 20
    assert len(milder) <= (len(names) / 10 if kind in NEARLY_ALL else 0), milder


@pytest.mark.parametrize("kind", RESPELT)
def test_a_mild_species_is_told_no_worse_than_its_genus(guide: Guide, kind: str) -> None:
    names = [name for name in species(guide, harmful=False) if not guide.records[name.split()[0]].danger.harmful]
    told = {name: at_every_door(RESPELT[kind](name), guide) for name in names}
    worse = [name for name in names if any(level.harmful for level in told[name])]
    assert len(names) > 20
    assert len(worse) <= len(names) / 25, worse  # an initial or a code may stand for a harmful one too


@pytest.mark.parametrize(
    "raw",
    [
        *("Agaricales", "agaricales_0012", "Boletales", "order Pezizales", "Hypocreales sp.", "unknown Agaricomycetes"),
        *(
            "Basidiomycota",
            "Fungi",
            "Amanitales",
            "Amanitoideae",
            "Hydnum repandum or Pezizales",
            "Agaricales gen. sp.",
        ),
        *("LBM", "unknown LBM", "little brown mushroom", "Little_Brown_Mushrooms", "kleine braune Pilze"),
        *("petits champignons bruns", "pequeñas setas marrones", "piccoli funghi marroni", "małe brązowe grzyby"),
        *("GrÃ¼ner KnollenblÃ¤tterpilz", "Gr├╝ner Knollenbl├ñtterpilz", "Мухомор", "Αμανίτα φαλλοειδής"),
        *("Hydnum repandum or Agaricaceae", "Amanita sect. Phalloideae", "little brown jobs"),
        *("Hydnum repandum (Death cap)", "Hydnum repandum or Grüner Knollenblätterpilz"),
        "Fungi_Basidiomycota_Agaricomycetes_Agaricales_Amanitaceae_Novum_mirabile",
    ],
)
def test_what_holds_a_deadly_kind_is_deadly_at_every_door(guide: Guide, raw: str) -> None:
    assert set(at_every_door(raw, guide)) == {Danger.DEADLY}


@pytest.mark.parametrize(
    "raw",
    [
        *("Cantharellales", "Auriculariales", "Rosales", "Plantae", "Agaricales Coprinus comatus"),
        *("Fungi_Basidiomycota_Agaricomycetes_Cantharellales_Hydnaceae_Hydnum_novum", "mushroom_Jahnoporus_hirtus"),
        *("Jungfern-Schirmling", "young Silber-Röhrling", "white Bovista", "Psathyrella clade /nova", "Boletus|edulis"),
        *("Abortiporus sect. Phalloideae", "Pseudoclitocybaceae indet.", "Hydnum repandum/Bovista"),
        *("Agaricales Physalacriaceae", "k__Fungi;c__Agaricomycetes;g__Hydnum;s__Hydnum_repandum"),
        *("Suillus Luteus", "Болетус едулис", "forest", "owl on a branch"),
    ],
)
def test_what_holds_none_is_told_no_worse(guide: Guide, raw: str) -> None:
    assert not any(level.harmful for level in at_every_door(raw, guide))


@pytest.mark.parametrize("kind", GENUS)
def test_a_deadly_genus_keeps_its_danger(guide: Guide, kind: str) -> None:
    for name in ("Amanita", "Galerina", "Lepiota"):
        assert guide.danger(Taxon(GENUS[kind](name), Rank.GENUS, None)) is Danger.DEADLY, name
