"""The list of options is what `--config` reads, and no option is without its meaning."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from fieldguide.core.text import catalogue
from trainer.cli import main
from trainer.commands.options import listing
from trainer.config import AUGMENT, Phase, RunConfig, read_config
from trainer.pipeline.wanted import complete


@pytest.mark.parametrize("preset", ["quick", "standard", "best"])
def test_the_list_reads_back_as_the_run_it_shows(
    preset: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--preset", preset, "--set", "network.options={pad_type = 'same', drop_rate = 0.1}", "--name", 'A "name"']
    assert main(["options", *words]) == 0
    file = tmp_path / "run.toml"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    found = complete(read_config(file))
    assert (found.preset, found.export.name) == (preset, 'A "name"')
    assert found.network.options == {"pad_type": "same", "drop_rate": 0.1}
    assert found.fit.augment == AUGMENT
    again = replace(found, fit=replace(found.fit, augment={}))
    assert listing(again) == listing(found)


def test_every_option_has_its_meaning_and_every_meaning_its_option() -> None:
    def names(table: dict[str, object], where: str) -> set[str]:
        return set().union(
            *(
                names(value, f"{where}{name}.") if isinstance(value, dict) and value else {where + name}
                for name, value in table.items()
            )
        )

    phases = {f"options.fit.phases.{name}" for name in asdict(Phase(1, 32))}
    augment = {f"options.fit.augment.{name}" for name in AUGMENT}
    told = {key for key in catalogue("en") if key.startswith("options.")}
    assert told == names(asdict(RunConfig()), "options.") | phases | augment | {"options.intro"}
