"""A danger survives every spelling: property tests over every dangerous name of the shipped guide."""

import random
import re
import unicodedata
from dataclasses import replace

import numpy as np
import pytest

from fieldguide.core.danger import Danger
from fieldguide.core.decision.decide import Thresholds, decide
from fieldguide.core.guide import Guide, Match, load_guide
from fieldguide.core.guide.names import edits, read_name
from fieldguide.core.taxonomy import BACKGROUND, Rank, Taxon

LOOKALIKE = str.maketrans("aceopxyiAEMHTCP", "асеорхуіАЕМНТСР")  # Cyrillic
SPELLINGS = {
    "small": str.lower,
    "capitals": str.upper,
    "blanks": lambda name: f"  {name.replace(' ', '   ')}\t",
    "no-break blank": lambda name: name.replace(" ", "\u00a0"),
    "underscores": lambda name: name.replace(" ", "_"),
    "hyphens": lambda name: name.replace(" ", "-"),
    "run together": lambda name: name.replace(" ", ""),
    "title": str.title,
    "Cyrillic": lambda name: name.translate(LOOKALIKE),
    "full width": lambda name: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in name),
    "bold": lambda name: "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in name),
    "accents composed": lambda name: name.replace("o", "ö").replace("e", "é"),
    "accents apart": lambda name: unicodedata.normalize("NFD", name.replace("o", "ö").replace("e", "é")),
    "invisible": lambda name: "\u200b".join(name),
    "soft hyphens": lambda name: name[:4] + "\u00ad" + name[4:] + "\u202c",
    "digits for letters": lambda name: name[0] + name[1:-1].replace("o", "0").replace("l", "1") + name[-1],
    "number behind": lambda name: f"{name} 2",
    "number stuck on": lambda name: f"{name}2",
    "copy behind": lambda name: f"{name} (1)",
    "number in front": lambda name: f"001.{name}",
    "number in front, underscores": lambda name: f"17_{name.replace(' ', '_')}",
    "iNaturalist": lambda name: (
        f"05692_Fungi_Basidiomycota_Agaricomycetes_Agaricales_Amanitaceae_{name.replace(' ', '_')}"
    ),
    "family in front": lambda name: f"Cortinariaceae {name}",
    "complex": lambda name: f"{name} complex",
    "group": lambda name: f"{name} group",
    "agg.": lambda name: f"{name} agg.",
    "s.l.": lambda name: f"{name} s.l.",
    "s. l.": lambda name: f"{name} s. l.",
    "sensu lato": lambda name: f"{name} sensu lato",
    "cf.": lambda name: name.replace(" ", " cf. ", 1),
    "cf. in front": lambda name: f"cf. {name}",
    "aff.": lambda name: name.replace(" ", " aff. ", 1),
    "aff. in front": lambda name: f"aff. {name}",
    "sp.": lambda name: f"{name.split()[0]} sp.",
    "sp. 1": lambda name: f"{name.split()[0]}_sp_1",
    "section": lambda name: f"{name.split()[0]} sect. Novae",
    "var.": lambda name: f"{name} var. nova",
    "f.": lambda name: f"{name} f. nova Author",
    "subsp.": lambda name: f"{name} subsp. nova (Fr.) Author & Other",
    "authors": lambda name: f"{name} (Vaill. ex Fr.) Link",
    "authors, small": lambda name: f"{name} (vaill. ex fr.) link, 1833".lower(),
    "author": lambda name: f"{name} Quél.",
    "author, underscores": lambda name: f"{name} L. f.".replace(" ", "_"),
    "common name behind": lambda name: f"{name} (Death cap)",
    "common name in front": lambda name: f"Death cap ({name})",
    "in brackets": lambda name: f"[{name}]",
    "genus abbreviated": lambda name: f"{name[0]}. {name.partition(' ')[2]}",
    "genus cut short": lambda name: f"{name[:3]}. {name.partition(' ')[2]}",
    "turned round": lambda name: " ".join(reversed(name.split())),
    "something behind": lambda name: f"{name} nearby",
    "another epithet": lambda name: f"{name.split()[0]} nova",
    "of an address": lambda name: "".join(f"%{ord(letter):02X}" for letter in name),
    "of HTML": lambda name: f"&quot;{name.replace('a', '&#97;')}&quot;",
    "of JSON": lambda name: name.replace("a", "\\u0061"),
    "shown the other way round": lambda name: f"\u202e{name[::-1]}\u202c",
    "in squares": lambda name: "".join(chr(0x1F130 + ord(one) - 65) if one.isalpha() else one for one in name.upper()),
    "Coptic": lambda name: name.translate(str.maketrans("ockt", "ⲟⲥⲕⲧ")),
    "at": lambda name: name.replace("a", "@"),
    "I for l": lambda name: name.replace("l", "I"),
    "1 for i": lambda name: name[:-1].replace("i", "1") + name[-1],
    "rn for m": lambda name: name.replace("m", "rn"),
    "y for i": lambda name: name.replace("i", "y"),
    "far behind": lambda name: f"{'photo of a ' * 30}{name}",
    "no name yet": lambda name: f"{name} nom. prov.",
    "end of a file": lambda name: f"{name}.tar.gz",
    "digits for many letters": lambda name: name.translate(str.maketrans("olieasgbtz", "0113459872")),
    "signs for letters": lambda name: name.translate(str.maketrans("olieast", "0!13@$+")),
    "of Python": lambda name: name.replace("a", "\\x61").replace("o", "\\U0000006f"),
    "spelt out twice": lambda name: name.replace("i", "&amp;#105;").replace(" ", "%2520"),
    "stretched": lambda name: name.replace("a", "aaa"),
    "a long number behind": lambda name: f"{name}-550e8400-e29b-41d4-a716-446655440000",
    "cut off": lambda name: name[:-2] if len(name) > 15 else name[:-1],
    "beside a mild family": lambda name: f"Cantharellaceae, {name}",
}


@pytest.fixture(scope="module")
def guide() -> Guide:
    return load_guide()


def label(name: str, rank: Rank = Rank.SPECIES) -> Taxon:
    """As a bundle of a stranger would name it; its genus is what it begins with."""
    return Taxon(name, rank, (name.split() or [""])[0])


OF_GENUS = (
    "sp.",
    "sp. 1",
    "section",
    "another epithet",
    "its genus behind a mild one",
)  # these name no species: no synonym is asked of them


def harmful(guide: Guide, rank: Rank) -> list[tuple[str, Danger]]:
    found = [record for record in guide.records.values() if record.danger.harmful and record.taxon.rank is rank]
    return [(name, record.danger) for record in found for name in (record.taxon.name, *record.synonyms)]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_dangerous_species_keeps_its_danger_however_it_is_spelt(guide: Guide, spelling: str) -> None:
    names = [(name, danger) for name, danger in harmful(guide, Rank.SPECIES) if name.count(" ") == 1]
    if spelling in OF_GENUS or spelling == "aff. in front":
        names = [(name, danger) for name, danger in names if name in guide.records]
    assert len(names) > 200
    told = [(SPELLINGS[spelling](name), danger) for name, danger in names]
    assert [spelt for spelt, danger in told if guide.danger(label(spelt)).severity < danger.severity] == []


@pytest.mark.parametrize(
    "spelling", ["small", "capitals", "Cyrillic", "invisible", "sp.", "number in front", "in brackets"]
)
def test_every_dangerous_genus_and_family_keeps_its_danger(guide: Guide, spelling: str) -> None:
    names = [*harmful(guide, Rank.GENUS), *harmful(guide, Rank.FAMILY)]
    assert len(names) > 100
    told = [(SPELLINGS[spelling](name), danger) for name, danger in names]
    assert [spelt for spelt, danger in told if guide.danger(label(spelt, Rank.GENUS)).severity < danger.severity] == []


def test_a_deadly_name_keeps_its_danger_beside_a_mild_one(guide: Guide) -> None:
    names = [name for name, danger in harmful(guide, Rank.SPECIES) if danger is Danger.DEADLY and name in guide.records]
    told = [f"Cantharellus cibarius {beside}" for name in names[::4] for beside in (f"or {name}", f"(maybe {name})")]
    assert [spelt for spelt in told if guide.danger(label(spelt)) is not Danger.DEADLY] == []


def test_a_family_keeps_its_danger_beside_a_mild_name_of_another(guide: Guide) -> None:
    for family, danger in harmful(guide, Rank.FAMILY):
        for spelt in (f"{family}, Hydnum", f"Hydnum repandum or {family}", f"Hydnum ({family})", f"{family}_L._f."):
            assert guide.danger(label(spelt)).severity >= danger.severity, spelt


def test_a_misspelt_deadly_name_keeps_its_danger_beside_a_mild_one(guide: Guide) -> None:
    chance = random.Random(8)
    deadly = [name for name, danger in harmful(guide, Rank.SPECIES) if danger is Danger.DEADLY and name.count(" ") == 1]
    told = [f"Boletus edulis, {misspell(name, chance)}" for name in deadly]
    assert [spelt for spelt in told if guide.danger(label(spelt)) is not Danger.DEADLY] == []


@pytest.mark.parametrize(
    "raw",
    [
        *("A. phaloides", "A. phaloides Fr.", "Am. phalloidees", "A virossa", "G. marginatta", "C. orelanus"),
        *("phalloides", "PHALLOIDES", "virosa", "orellanus", "falloides"),
        *("Aman. phall.", "Am phal", "Gal. marg.", "G. marg.", "Cort. orell."),
        *("Dermocybe sp.", "Dermocybe", "Drmocybe sp.", "Dermocybe orelcana near Prague", "Hypocrea nova"),
    ],
)
def test_what_is_cut_short_or_of_an_old_genus_keeps_its_danger_with_a_slip(guide: Guide, raw: str) -> None:
    """A deadly kind named by its epithet, by an initial, or by a genus that only old names have."""
    assert guide.danger(label(raw)) is Danger.DEADLY


@pytest.mark.parametrize(
    ("raw", "danger"),
    [
        *((raw, Danger.DEADLY) for raw in ("Knollenblätterpilze", "Knollenblaetterpilz", "Tignosa", "webcaps")),
        *(("Milchlinge", Danger.POISONOUS), ("autumn skullcap", Danger.DEADLY)),
        *((raw, Danger.UNKNOWN) for raw in ("oyster mushrooms", "Bol. edulis", "Can. cib.", "Quercus robur", "forest")),
    ],
)
def test_the_common_name_of_a_group_is_as_dangerous_as_its_worst_kind(guide: Guide, raw: str, danger: Danger) -> None:
    assert guide.danger(label(raw)) is danger


@pytest.mark.parametrize("raw", ["pagina", "página", "badia", "crispa", "A. campestriss", "B. edulsi", "C. cibariuss"])
def test_what_is_cut_short_and_may_be_mild_stays_so(guide: Guide, raw: str) -> None:
    assert not guide.danger(label(raw)).harmful


@pytest.mark.parametrize("word", ["Verp", "Pe2i2a", "Trog", "Leot", "Verp4"])
def test_a_short_genus_keeps_its_danger(guide: Guide, word: str) -> None:
    assert guide.danger(label(word)).harmful


def test_mild_names_and_ordinary_words_stay_mild(guide: Guide) -> None:
    """Whatever is named beside what is read anyway: its own family, authors, numbers; and what names no fungus."""
    mild = [record for record in guide.records.values() if not record.danger.harmful]
    species = [record.taxon for record in mild if record.taxon.rank is Rank.SPECIES]
    for spell in (
        lambda taxon: f"{taxon.family}_{taxon.name.replace(' ', '_')}",
        lambda taxon: f"05692_Fungi_Basidiomycota_Agaricomycetes_Agaricales_Amanitaceae_{taxon.name.replace(' ', '_')}",
        lambda taxon: f"{taxon.name} (Schaeff.) Quélet & Kummer",
        lambda taxon: f"{taxon.name}-550e8400-e29b-41d4",
        lambda taxon: re.sub(r"\Bl", "1", taxon.name),
    ):
        assert [taxon.name for taxon in species if guide.danger(replace(taxon, name=spell(taxon))).harmful] == []
    for word in (
        "IMG_2031",
        "DSC04711.JPG",
        "Holiday 2019",
        "n01440764",
        "3f2a9c81d4e5",
        "Rosa canina",
        "Roma",
        "verb",
    ):
        assert not guide.danger(label(word)).harmful, word


def test_what_is_behind_a_deadly_genus_is_no_slip_of_a_short_mild_epithet(guide: Guide) -> None:
    """Two letters of a long name are a slip, two of five are another word."""
    for raw in ("Clitocybe nom. nud.", "Clitocybe.tar.gz", "Clitocybe nud"):
        assert guide.resolve(raw) is None or guide.resolve(raw).taxon.name == "Clitocybe"
        assert guide.danger(label(raw)) is Danger.DEADLY


def test_a_name_that_names_a_worse_one_too_stands_for_neither(guide: Guide) -> None:
    """As the first of the two it would be shown with the milder danger."""
    for raw in ("Cantharellus cibarius/Galerina marginata", "Cantharellus cibarius (Galerina)"):
        assert guide.resolve(raw) is None
    found = guide.resolve("Galerina marginata or Cantharellus cibarius")
    assert found is not None
    assert found.taxon.name == "Galerina marginata"


def misspell(name: str, chance: random.Random) -> str:
    """One letter behind the first changed, added, left out, or swapped with its neighbour."""
    i, letter = chance.randrange(1, len(name)), chance.choice("abcdefghilmnoprstu")
    changed = (name[:i] + letter + name[i + 1 :], name[:i] + letter + name[i:], name[:i] + name[i + 1 :])
    return chance.choice((*changed, name[:i] + name[i + 1 : i + 2] + name[i] + name[i + 2 :]))


@pytest.mark.parametrize("letters", [1, 2])
def test_a_misspelt_deadly_name_never_comes_out_mild(guide: Guide, letters: int) -> None:
    chance, tried = random.Random(letters), 0
    for name in sorted(guide.records):
        record = guide.records[name]
        if record.danger is not Danger.DEADLY or record.taxon.rank is not Rank.SPECIES:
            continue
        for _ in range(30):
            spelt = name
            for _ in range(letters):
                spelt = misspell(spelt, chance)
            if guide.record(spelt) is None:  # not by chance another name of the guide
                tried += 1
                assert guide.danger(label(spelt)) is Danger.DEADLY, spelt
    assert tried > 500


@pytest.mark.parametrize(
    ("raw", "name", "match"),
    [
        ("Galerina marginata complex", "Galerina marginata", Match.ACCEPTED),
        ("Amanita phalloides 2", "Amanita phalloides", Match.ACCEPTED),
        (
            "00042_Fungi_Basidiomycota_Agaricomycetes_Agaricales_Amanitaceae_Amanita_phalloides",
            "Amanita phalloides",
            Match.ACCEPTED,
        ),
        ("Amanita_sp.", "Amanita", Match.ACCEPTED),
        ("Boletus aff. edulis", "Boletus", Match.ACCEPTED),
        ("Boletus cf. edulis", "Boletus edulis", Match.ACCEPTED),
        ("Auricularia auricula-judae (Bull.) Quél.", "Auricularia auricula-judae", Match.ACCEPTED),
        ("amanita muscaria guessowii", "Amanita chrysoblema", Match.SYNONYM),
        ("Agaricaceae Chevall.", "Agaricaceae", Match.ACCEPTED),
        ("Fungi_Amanitaceae_Amanita", "Amanita", Match.ACCEPTED),
    ],
)
def test_a_name_is_read_as_people_write_it(guide: Guide, raw: str, name: str, match: Match) -> None:
    found = guide.resolve(raw)
    assert found is not None
    assert (found.taxon.name, found.match) == (name, match)


@pytest.mark.parametrize(
    "raw", ["P. luteus", "Boletus edulis nearby", "s. l.", "cf.", "(", "sp. 1", "2019", "phalloides"]
)
def test_what_could_be_several_or_nothing_is_not_guessed(guide: Guide, raw: str) -> None:
    assert guide.resolve(raw) is None


def test_a_stranger_in_a_mild_genus_stays_unknown_and_beside_a_known_genus_nothing_is_guessed(guide: Guide) -> None:
    assert guide.danger(Taxon("Hydnum novum", Rank.SPECIES, "Hydnum")) is Danger.UNKNOWN
    assert guide.danger(Taxon("Rosa canina", Rank.SPECIES, "Rosa")) is Danger.UNKNOWN
    assert guide.danger(BACKGROUND) is Danger.UNKNOWN


def test_the_told_genus_counts_beside_the_name(guide: Guide) -> None:
    assert guide.danger(Taxon("Label 17", Rank.GENUS, "amanita")) is Danger.DEADLY
    assert guide.danger(Taxon("phalloides (nearly)", Rank.SPECIES, "Аmanita")) is Danger.DEADLY


def test_a_models_labels_take_the_guides_names_unless_two_would_be_one(guide: Guide) -> None:
    labels = (label("AMANITA phalloides 2"), label("Boletus badius"), label("Imleria badia"), label("Novum mirabile"))
    placed = guide.placed((*labels, BACKGROUND))
    assert [taxon.name for taxon in placed] == [
        "Amanita phalloides",
        "Boletus badius",
        "Imleria badia",
        "Novum mirabile",
        "Background",
    ]
    assert placed[0].genus == "Amanita"


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [("same", "same", 0), ("ab", "ba", 1), ("abc", "", 3), ("phaloides", "phalloides", 1), ("kitten", "sitting", 3)],
)
def test_edits_are_counted_up_to_their_bound(a: str, b: str, distance: int) -> None:
    assert edits(a, b, 5) == edits(b, a, 5) == distance
    assert edits(a, b, 1) == min(distance, 2)


def test_a_very_long_name_is_read_as_far_as_a_name_goes() -> None:
    assert len(read_name("amanita phalloides " * 100_000).words) < 40


@pytest.mark.parametrize("spelling", ["small", "capitals", "blanks", "Cyrillic", "complex", "number behind"])
def test_a_misnamed_death_cap_of_a_bundle_rings(guide: Guide, spelling: str) -> None:
    spelt = label(SPELLINGS[spelling]("Amanita phalloides"))
    decision = decide(np.array([0.95, 0.05]), (spelt, label("Macrolepiota procera")), guide, Thresholds())
    assert decision.alarm.level is Danger.DEADLY
    assert decision.alarm.deadly == pytest.approx(0.95)
