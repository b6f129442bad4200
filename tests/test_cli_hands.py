"""What the hand found on the command line: `identify --seen ... --asked`, and `guide`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldguide.cli import main
from fieldguide.core.danger import Danger
from fieldguide.core.guide import load_guide
from fieldguide.core.guide.characters import CHARACTERS
from fieldguide.core.text import catalogue
from tests.helpers.bundles import write_photo
from tests.helpers.comfort import comfort_in


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write_photo(tmp_path / "deadly.jpg", 0)


def found(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert main([*map(str, words), "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_answers_stand_in_the_document_and_candidates_come_after_them(
    bundle_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("identify", photo, "--model", bundle_path, "--device", "cpu")
    plain = found(capsys, *call)["observations"][0]
    assert "seen" not in plain
    told = found(capsys, *call, "--seen", "base=sac", "--seen", "spore_print=white")["observations"][0]
    assert told["seen"]["base"] == {"values": ["sac"], "counted": True}
    assert told["seen"]["spore_print"] == {"values": ["white"], "counted": True}
    assert told["next_question"]["character"] in CHARACTERS
    assert set(told["next_question"]["answers"]) == set(CHARACTERS[told["next_question"]["character"]])
    assert told["verdict"] == plain["verdict"]
    assert [set(each) for each in told["candidates"]] == [set(plain["candidates"][0])] * 5
    assert told["danger"]["level"] == "deadly"
    assert told["danger"]["probability"] >= plain["danger"]["probability"]
    assert told["hand"]["deadly"][0]["scientific_name"].startswith("Amanita")


def test_nothing_talks_the_photo_s_deadly_alarm_down(
    bundle_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mild = ("underside=pores", "spore_print=olive", "ring=none", "smell=fruity", "substrate=wood")
    words = [word for each in mild for word in ("--seen", each)]
    told = found(capsys, "identify", photo, "--model", bundle_path, "--device", "cpu", *words)["observations"][0]
    assert told["danger"]["level"] == "deadly"
    assert "Amanita phalloides" in {each["scientific_name"] for each in told["danger"]["taxa"]}
    stays = {each["scientific_name"]: each["fits"] for each in told["hand"]["deadly"]}
    assert stays["Amanita phalloides"] is False


def test_the_base_counts_only_when_it_was_dug_out(
    bundle_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ("identify", photo, "--model", bundle_path, "--device", "cpu", "--seen", "base=plain")
    assert not found(capsys, *call)["observations"][0]["seen"]["base"]["counted"]
    assert found(capsys, *call, "--dug")["observations"][0]["seen"]["base"]["counted"]
    assert main(list(map(str, call))) == 0
    assert catalogue("en")["hands.ignored"] in " ".join(capsys.readouterr().out.split())


def test_the_table_tells_what_each_answer_did_and_what_to_ask_next(
    bundle_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["identify", str(photo), "--model", str(bundle_path), "--device", "cpu", "--seen", "base=sac"]) == 0
    table = " ".join(capsys.readouterr().out.split())
    assert catalogue("en")["hands.after"] in table
    assert "Stem base: in a sac, whole or torn." in table
    assert catalogue("en")["hands.next"] in table
    assert "--seen " in table
    assert comfort_in(table.replace(catalogue("en")["cli.guess"], "")) == []


def test_the_hand_alone_needs_neither_photo_nor_model(capsys: pytest.CaptureFixture[str]) -> None:
    told = found(capsys, "identify", "--seen", "base=sac", "--seen", "gill_colour=white")
    assert told["model"] is None
    assert told["observations"][0]["candidates"][0]["scientific_name"].startswith("Amanita")
    assert told["observations"][0]["danger"]["level"] == "deadly"
    assert main(["identify", "--seen", "base=sac"]) == 0
    assert catalogue("en")["hands.no_photo"] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("verb", ["identify", "guide"])
@pytest.mark.parametrize(("word", "named"), [("colour=white", "cap_colour"), ("ring=necklace", "skirt")])
def test_what_is_unknown_is_named_with_what_there_is(
    verb: str, word: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--seen", word]) == 2
    complaint = capsys.readouterr().err
    assert word in complaint
    assert named in complaint


@pytest.mark.parametrize("verb", ["identify", "guide"])
def test_a_call_without_photo_name_or_answer_says_what_is_missing(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([verb])
    assert left.value.code == 2
    assert "--seen" in capsys.readouterr().err


def test_a_kind_is_looked_up_by_any_name_with_its_characters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "Grüner", "Knollenblätterpilz"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Amanita phalloides" in told
    assert "DEADLY" in told
    assert "Spore print: white, cream" in told
    (kind, *_) = found(capsys, "guide", "Amanita phalloides")["kinds"]
    assert kind["characters"]["spore_print"] == ["white", "cream"]
    assert (kind["danger"], kind["characters_of"]) == ("deadly", "Amanita phalloides")


def test_an_unknown_kind_is_no_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "Xyzzyx"]) == 2
    assert "Xyzzyx" in capsys.readouterr().err


def test_kinds_are_listed_by_what_is_seen_and_every_fitting_deadly_one_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seen = ("--seen", "spore_print=white", "--seen", "ring=skirt", "--seen", "base=sac", "--seen", "substrate=soil")
    names = [each["scientific_name"] for each in found(capsys, "guide", *seen)["kinds"]]
    assert {"Amanita phalloides", "Amanita virosa"} <= set(names[:10])
    assert "Cantharellus cibarius" not in names
    assert main(["guide", *seen]) == 0
    told = capsys.readouterr().out
    assert "Amanita verna" in told
    assert catalogue("en")["cli.guess"] in " ".join(told.split())
    deadly = {kind.taxon.name for kind in load_guide().records.values() if kind.danger is Danger.DEADLY}
    fitting = deadly.intersection(each["scientific_name"] for each in found(capsys, "guide", *seen)["kinds"])
    assert len(fitting) > 20
    flat = " ".join(told.split())
    assert [name for name in fitting if name not in flat] == []


def test_a_question_without_answers_says_nothing_of_answers(
    bundle_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["identify", str(photo), "--model", str(bundle_path), "--device", "cpu", "--asked"]) == 0
    table = capsys.readouterr().out
    assert catalogue("en")["hands.after"] not in table
    assert catalogue("en")["hands.next"] in table
    assert "=?" in table


def test_a_character_alone_is_told_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "--seen", "ring"]) == 2
    complaint = capsys.readouterr().err
    assert "skirt" in complaint
    assert "form" not in complaint


def test_without_a_photo_no_model_is_spoken_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["identify", "--seen", "cap_colour=white", "--seen", "ring=skirt"]) == 0
    assert "not known to the model" not in " ".join(capsys.readouterr().out.split())


def test_a_kind_says_how_well_it_is_known_and_that_it_was_recalled(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "Amanita", "phalloides"]) == 0
    told = capsys.readouterr().out
    assert max(map(len, told.splitlines())) <= 110
    assert "from memory" in " ".join(told.split())
    assert "gills: blades; closed: all is inside" in " ".join(told.split())


def test_answers_that_fit_no_kind_of_a_name_say_so_of_that_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "Amanita", "--seen", "milk=white"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert catalogue("en")["cli.none_named_fits"] in told
    assert catalogue("en")["hands.fits_none"] not in told, "milk caps do"


def test_a_town_is_no_kind_and_names_its_poison_centre(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "Muenchen"]) == 2
    assert "+49 89 19240" in capsys.readouterr().out
