import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.resources import resource
from trainer.config import (
    DecisionConfig,
    FitConfig,
    Phase,
    RunConfig,
    build,
    check,
    differences,
    read_config,
    write_config,
)
from trainer.pipeline.wanted import complete


def test_a_written_configuration_reads_back_the_same(tmp_path: Path) -> None:
    config = RunConfig(seed=5, fit=FitConfig(phases=(Phase(3, 128, "head", 0.01),), augment={"flip": 0.0}))
    write_config(config, tmp_path / "run.toml")
    assert read_config(tmp_path / "run.toml") == config


def test_the_file_of_a_run_holds_every_option_that_the_list_explains(tmp_path: Path) -> None:
    write_config(complete(RunConfig(preset="best")), tmp_path / "run.toml")
    written = _names(tomllib.loads((tmp_path / "run.toml").read_text(encoding="utf-8")), "")
    explained = tomllib.loads(resource("i18n", "en", "options.toml").read_text(encoding="utf-8")).keys() - {"intro"}
    assert len(explained) > 90
    assert {name for name in explained if name not in written} == set()


def _names(table: Mapping[str, Any], where: str) -> set[str]:
    """Every key, and every table, as `--set` names them; of phases those of the first."""
    found = set()
    for name, value in table.items():
        found.add(where + name)
        inside = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        found |= _names(inside, f"{where}{name}.") if isinstance(inside, dict) else set()
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_options_that_another_editor_saved_are_read(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text('seed = 5\r\n[export]\r\nname = "Täublinge"\r\n', encoding=encoding)
    config = read_config(tmp_path / "run.toml")
    assert (config.seed, config.export.name) == (5, "Täublinge")


def test_a_run_of_an_earlier_version_goes_on_under_the_names_of_today(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text('[judgement]\ntarget = 0.7\nstrangers = 0.3\n[data]\nfolder = "photos"\n')
    read = read_config(tmp_path / "run.toml")
    assert read.decision == DecisionConfig(target=0.7, novel_share=0.3)
    assert read.data.folders == ("photos",)
    write_config(read, tmp_path / "again.toml")
    assert differences(read, read_config(tmp_path / "again.toml")) == []
    assert "judgement" not in (tmp_path / "again.toml").read_text()


@pytest.mark.parametrize(
    "words",
    [
        *("seed = " + "9" * 5000, "seed = 0x" + "f" * 9000, "name = " + "[" * 9000, "seed = 1\nseed = 2", "seed = 1\r"),
        *('name = "\\ud800"', "= 1", "[fit]\nfit = 1\n[fit]"),
    ],
    ids=lambda words: words[:20],
)
def test_odd_toml_is_refused_by_a_sentence(tmp_path: Path, words: str) -> None:
    """Numbers of thousands of digits and brackets of thousands of levels ended in a traceback."""
    file = tmp_path / "run.toml"
    file.write_text(words, encoding="utf-8", newline="")
    with pytest.raises(FieldGuideError) as refused:
        read_config(file)
    assert refused.value.code is ErrorCode.CONFIG_INVALID


def test_options_in_another_encoding_are_refused_by_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text('[export]\nname = "Täublinge"\n', encoding="latin-1")
    with pytest.raises(FieldGuideError) as refusal:
        read_config(tmp_path / "run.toml")
    assert "UTF-8" in refusal.value.facts["problem"]


@pytest.mark.parametrize(
    ("table", "option"),
    [
        ({"sede": 3}, "sede"),
        ({"seed": "three"}, "seed"),
        ({"fit": {"mixup": "lots"}}, "fit.mixup"),
        ({"fit": {"phases": [{"epochs": 3, "size": 128, "speed": 1}]}}, "fit.phases[1].speed"),
        ({"data": 3}, "data"),
        ({"fit": {"phases": [{"epochs": 3}]}}, "fit.phases[1].size"),
    ],
)
def test_unknown_options_and_wrong_types_are_refused_by_name(table: dict[str, object], option: str) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        build(RunConfig, table)
    assert refusal.value.code is ErrorCode.CONFIG_INVALID
    assert refusal.value.facts["option"] == option


@pytest.mark.parametrize(
    "table",
    [
        {"preset": "slow"},
        {"device": "tpu"},
        {"fit": {"mixup": 1.5}},
        {"fit": {"batch_size": 0}},
        {"fit": {"augment": {"sparkle": 1.0}}},
        {"fit": {"phases": [{"epochs": 0, "size": 128}]}},
        {"data": {"fractions": [0.5, 0.5]}},
        {"seed": -1},
        {"seed": 10**30},
        {"fit": {"hierarchy": [5.0, -1.0]}},
        {"fit": {"hierarchy": [0.3]}},
        {"fit": {"hierarchy": [float("nan"), 0.1]}},
        {"fit": {"phases": [{"epochs": 3, "size": 384}]}},
        {"export": {"size": 5000}},
        {"export": {"name": " "}},
        {"export": {"resize": -4}},
        {"decision": {"unseen_genera": 2.0}},
        {"data": {"fractions": [0.5, 0.1, 0.1, 0.1]}},
    ],
)
def test_values_that_cannot_work_are_refused_not_clamped(table: dict[str, object]) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        check(build(RunConfig, table))
    assert refusal.value.code is ErrorCode.CONFIG_INVALID


@pytest.mark.parametrize(
    ("table", "option", "problem"),
    [
        ({"preset": "slow"}, "preset", "'slow' is none of: quick, standard, best"),
        ({"data": {"min_photos": 0}}, "data.min_photos", "0 is not between 1 and 1000000"),
        ({"fit": {"mixup": float("nan")}}, "fit.mixup", "nan is not between 0 and 1"),
        ({"fit": {"phases": [{"epochs": 3, "size": 8}]}}, "fit.phases[1].size", "8 is not between 32 and 1024"),
        ({"fit": {"augment": {"flip": "often"}}}, "fit.augment.flip", "expected float, found 'often'"),
        ({"fit": {"compile": 1}}, "fit.compile", "expected bool, found 1"),
        ({"data": {"folders": "photos"}}, "data.folders", "expected a list in square brackets, found 'photos'"),
        ({"data": {"folders": [3]}}, "data.folders[1]", "expected str, found 3"),
        ({"fit": {"phases": [3]}}, "fit.phases[1]", "expected a table, found 3"),
        ({"network": {"options": 3}}, "network.options", "expected a table, found 3"),
    ],
)
def test_a_refusal_names_the_option_and_what_it_may_be(table: dict[str, object], option: str, problem: str) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        check(build(RunConfig, table))
    assert refusal.value.facts == {"option": option, "problem": problem}


def test_what_is_built_without_a_file_is_checked_too() -> None:
    with pytest.raises(FieldGuideError) as refusal:
        check(RunConfig(fit=FitConfig(phases=(Phase(3, 160, "everything"),))))
    assert refusal.value.facts["option"] == "fit.phases[1].trainable"


@pytest.mark.parametrize(
    ("table", "meant"),
    [
        ({"fit": {"mixupp": 0.2}}, "fit.mixup"),
        ({"mixup": 0.2}, "fit.mixup"),
        ({"network": {"optimiser": "sgd"}}, "fit.optimizer"),
        ({"sede": 3}, "seed"),
        ({"judgement": {"target": 0.7}}, "decision"),
        ({"fit": {"augment": {"zoom": 0.4}}}, "crop"),
        ({"fit": {"augment": {"cut_out": 0.4}}}, "cutout"),
    ],
)
def test_who_mistypes_an_option_is_told_the_right_one(table: dict[str, object], meant: str) -> None:
    with pytest.raises(FieldGuideError) as refusal:
        check(build(RunConfig, table))
    assert meant in refusal.value.facts["problem"]


def test_pictures_grow_over_a_phase() -> None:
    phase = Phase(5, 192, from_size=128)
    assert [phase.size_at(epoch) for epoch in range(5)] == [128, 144, 160, 176, 192]
