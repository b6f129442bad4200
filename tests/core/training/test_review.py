"""Deciding and taking back: always one more line of the file that the trainer reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldguide.core.errors import ErrorCode, FieldGuideError
from fieldguide.core.training.decisions import DECISIONS, Choice, Decision, Decisions
from fieldguide.core.training.review import Review


def choices(file: Path) -> dict[str, tuple[Choice, str]]:
    return {name: (decision.choice, decision.label) for name, decision in Decisions(file).final().items()}


def test_many_at_once_and_every_step_taken_back(tmp_path: Path) -> None:
    file = tmp_path / DECISIONS
    review = Review(file)
    review.decide(["a", "b"], Choice.DROP)
    review.decide(["b"], Choice.RELABEL, "Amanita phalloides")
    assert choices(file) == {"a": (Choice.DROP, ""), "b": (Choice.RELABEL, "Amanita phalloides")}
    assert review.undo() == ("b",)
    assert choices(file) == {"a": (Choice.DROP, ""), "b": (Choice.DROP, "")}
    assert review.undo() == ("a", "b")
    assert (choices(file), review.can_undo, review.undo()) == ({}, False, ())
    assert len(file.read_text(encoding="utf-8").splitlines()) == 1 + 2 + 1 + 1 + 2


def test_what_a_second_pass_said_does_not_outlive_a_later_decision(tmp_path: Path) -> None:
    file = tmp_path / DECISIONS
    Decisions(file).add(Decision("a", 1, Choice.DROP), Decision("a", 2, Choice.KEEP))
    review = Review(file)
    review.decide(["a"], Choice.RELABEL, "Boletus")
    assert choices(file) == {"a": (Choice.RELABEL, "Boletus")}
    review.undo()
    assert choices(file) == {"a": (Choice.KEEP, "")}


def test_what_could_not_be_written_was_not_decided(tmp_path: Path) -> None:
    review = Review(tmp_path / "gone" / DECISIONS)
    with pytest.raises(FieldGuideError) as refused:
        review.decide(["a"], Choice.DROP)
    assert refused.value.code is ErrorCode.NOT_WRITABLE
    assert (review.decided, review.can_undo) == ({}, False)


@pytest.mark.parametrize("held", [b"a,b\n1,2\n", b"\xff\n", b"file,step,choice,label,at\na.jpg,x,keep,,\n", b"f\n\0\n"])
def test_decisions_that_another_program_changed_are_refused_and_kept(held: bytes, tmp_path: Path) -> None:
    file = tmp_path / DECISIONS
    file.write_bytes(held)
    with pytest.raises(FieldGuideError) as refused:
        Decisions(file)
    assert refused.value.code is ErrorCode.RUN_INCOMPLETE
    assert file.read_bytes() == held


def test_two_programs_that_began_the_list_in_one_moment_cost_nothing(tmp_path: Path) -> None:
    file, other = tmp_path / DECISIONS, tmp_path / "other.csv"
    Decisions(file).add(Decision("a.jpg", 1, Choice.DROP))
    Decisions(other).add(Decision("b.jpg", 1, Choice.KEEP))
    file.write_bytes(file.read_bytes() + other.read_bytes())  # each saw no file and wrote its head
    assert list(Decisions(file).final()) == ["a.jpg", "b.jpg"]
