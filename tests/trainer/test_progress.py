"""How far a step is: what is reckoned, not how it looks."""

import io
import json

import pytest

from trainer import progress as module
from trainer.config import Phase
from trainer.progress import Progress, Style


def test_a_slow_beginning_does_not_make_the_first_estimate_tenfold(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 30.0, 31.0, 41.0])  # made, the step begins, 30 s until the first unit, then one a second
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    told = io.StringIO()
    progress = Progress(Style.JSON, told, every=0.0)
    progress.step("features")
    for done in (1, 2, 12):
        progress.advance(done, 100)
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert [(line["done"], line["seconds_left"]) for line in lines[1:]] == [(2, 98), (12, 88)]


def test_a_first_handful_that_comes_all_at_once_is_not_taken_for_the_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(
        [100.0, 100.0, 100.5, 100.501, 100.502, 102.5, 120.0]
    )  # three photos were ready; the fourth took two seconds
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    told = io.StringIO()
    progress = Progress(Style.PERSON, told, every=0.0)
    progress.step("reading")
    for done in (1, 2, 3, 5, 20):
        progress.advance(done, 20)
    assert [line.split()[0] for line in told.getvalue().splitlines()[1:]] == ["25", "100"]


def test_an_epoch_of_the_whole_network_is_reckoned_dearer_than_one_of_the_head() -> None:
    head, everything = Phase(2, 128, "head"), Phase(3, 256, "all", from_size=128)
    assert everything.cost_at(0) == 3 * head.cost_at(0)
    assert everything.cost_at(2) == 4 * everything.cost_at(0)
