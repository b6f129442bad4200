"""Praise and denied danger in six languages, also in odd letters; and what only warns or describes."""

from __future__ import annotations

import pytest

from fieldguide.core.guide import load_guide
from fieldguide.core.guide.check import PROSE
from fieldguide.core.guide.promises import promises_a_meal
from fieldguide.core.guide.tables import COLUMNS, read_table
from fieldguide.core.resources import resource

PROMISES = {
    "en": [
        "Edible",
        "edibIe when young",
        "E d i b l e",
        "e-d-i-b-l-e",
        "\u0415dible",
        "édible",
        "edi\u00adble",
        "fit for consumption",
        "excellent eating",
        "good for the table",
        "for the frying pan",
        "eaten by many",
        "you can eat this",
        "great in soup",
        "gourmet",
        "mouthwatering",
        "consumable",
        "non-toxic",
        "non poisonous",
        "never poisonous",
        "free of toxins",
        "no danger",
        "not dangerous",
        "poses no threat",
        "innocuous",
        "safe after cooking",
        "okay for eating",
        "nutritious",
        "boiling removes the toxin",
        "don't worry",
        "Very good with eggs",
        "sauté in olive oil",
        "very tasty when fried",
        "completely without poison",
        "Edibility 5/5",
        "a great food mushroom",
        "lacks any toxin",
        "doesn't kill",
        "a beginner's mushroom, no mistakes possible",
        "ed ible",
        "my family eats it",
        "no one ever got sick",
        "great in risotto",
        "isnt poisonous",
        "free of amatoxin",
        "contains no amanitin",
        "far from dangerous",
        "can be consumed",
        "kid friendly",
        "tastes like chicken",
        "grill it",
        "єdible",
    ],
    "de": [
        "Essbar",
        "guter Speisepilz",
        "verzehrbar",
        "man kann ihn essen",
        "wohlschmeckend",
        "lecker",
        "Delikatesse",
        "hervorragend im Geschmack",
        "ungefährlich",
        "nicht giftig",
        "keine Gefahr",
        "bekömmlich",
        "in die Pfanne",
        "nach dem Kochen ungiftig",
        "guten Appetit",
        "beliebter Bratpilz",
        "Mischpilz",
        "ein Genuss",
        "Würzpilz",
        "guter Esspilz",
        "frei von Giften",
        "ess bar",
        "wird gern gegessen",
        "zum Essen geeignet",
        "giftlos",
        "unschädlich",
        "Schwammerlsuppe",
        "ein Festmahl",
    ],
    "fr": [
        "Comestible",
        "c0mestible",
        "mangeable",
        "on peut le manger",
        "délicieuse",
        "savoureux",
        "très apprécié",
        "inoffensif",
        "sans risque",
        "pas toxique",
        "pas mortel",
        "propre à la consommation",
        "un régal",
        "excellent champignon",
        "goûteux",
        "pas de toxine",
        "met de choix",
        "on le mange",
        "peut être consommé",
        "très bon",
        "aucun risque",
        "une bonne omelette",
    ],
    "es": [
        "Comestible",
        "se come",
        "bueno para comer",
        "sabroso",
        "exquisito",
        "inocuo",
        "ningún peligro",
        "no venenosa",
        "segura",
        "buen provecho",
        "apreciado en cocina",
        "sabor exquisito",
        "muy apreciada gastronómicamente",
        "no hace daño",
        "a la plancha",
        "muy rica",
        "apta para niños",
        "buena para guisos",
    ],
    "it": [
        "Commestibile",
        "mangereccio",
        "edule",
        "si può mangiare",
        "buona da mangiare",
        "squisito",
        "gustoso",
        "innocuo",
        "senza rischi",
        "non velenoso",
        "atossico",
        "ricetta",
        "la cottura elimina il veleno",
        "si consuma fritto",
        "privo di tossine",
        "fungo da tavola",
        "nel risotto",
        "con la polenta",
        "apprezzato in cucina",
    ],
    "pl": [
        "Jadalny",
        "można jeść",
        "nadaje się do spożycia",
        "smaczna",
        "wyborny",
        "dobry w smaku",
        "nie jest trujący",
        "bez ryzyka",
        "nie jest śmiertelny",
        "na patelnię",
        "konsumpcyjny",
        "grzyb jadalny, wyborny",
        "doskonały smak",
        "nie szkodzi",
        "przysmak",
        "do marynaty",
        "w śmietanie",
        "polecany",
    ],
}
WARNINGS = [
    *("not edible", "do not eat it", "never edible", "not harmless", "no safe amount", "inedible", "ungenießbar"),
    *("nicht essbar", "pas comestible", "no es comestible", "non commestibile", "niejadalny", "nie jest smaczny"),
    *("not known to be poisonous", "the toxin is not destroyed by cooking", "not all poisonous", "deadly even cooked"),
    *("symptoms hours after the meal", "nach dem Genuss mit Alkohol", "smells pleasant", "taste mild", "ring, volva"),
    *("reported without amatoxins, called deadly", "nobody survived", "found in Costa Rica", "children at risk"),
    *("edibility unknown", "no public poisons line", "Morchella esculenta", "Boletus edulis"),
]


@pytest.mark.parametrize("language", PROMISES)
def test_praise_and_denied_danger_are_promises(language: str) -> None:
    assert [words for words in PROMISES[language] if not promises_a_meal(words)] == []


@pytest.mark.parametrize("words", ["not only edible", "no doubt delicious", "Ring not present. Edible."])
def test_what_only_looks_denied_is_a_promise(words: str) -> None:
    assert promises_a_meal(words)


@pytest.mark.parametrize(
    "sign", ["\u2705", "\u2714\ufe0f", "\U0001f44d", "\U0001f37d\ufe0f", "\U0001f60b", "\U0001f957"]
)
def test_ticks_thumbs_and_plates_are_promises(sign: str) -> None:
    assert promises_a_meal(f"Amanita {sign}")
    assert not promises_a_meal("Amanita \U0001f344 \u2620 \u26a0")


def test_warnings_and_descriptions_are_none() -> None:
    assert [words for words in WARNINGS if promises_a_meal(words)] == []


def test_neither_the_shipped_tables_nor_scientific_names_promise() -> None:
    tables = [read_table(resource("guide", f"{name}.csv").read_bytes()) for name in COLUMNS]
    cells = [
        words for table in tables for line in table.lines for column, words in line.cells.items() if column in PROSE
    ]
    names = [name for each in load_guide().records.values() for name in (each.taxon.name, *each.synonyms)]
    assert len(cells) > 3000
    assert [words for words in (*cells, *names) if promises_a_meal(words)] == []


def test_few_shipped_common_names_are_hidden() -> None:
    names = {name for each in load_guide().records.values() for name in each.common_names.values()}
    assert len([name for name in names if promises_a_meal(name)]) < len(names) / 100


def test_a_cell_as_long_as_a_table_may_have_is_read_at_once() -> None:
    assert not promises_a_meal("not edible " * 12_000)
    assert promises_a_meal("not edible " * 12_000 + "but edible")
