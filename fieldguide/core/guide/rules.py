"""The rules of a guide's tables, and one broken rule; they are checked in `check` and `check_characters`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """Every rule; the catalogue `guide` holds a sentence `rule_NAME` for each."""

    TABLE_DAMAGED = "table_damaged"
    COLUMN_MISSING = "column_missing"
    CELLS = "cells"
    EMPTY_KEY = "empty_key"
    TWICE = "twice"
    RANK = "rank"
    NAME = "name"
    WORDS = "words"
    REMOVED = "removed"
    FAMILY_NAME = "family_name"
    GBIF = "gbif"
    SYNONYM = "synonym"
    DANGER = "danger"
    NO_SYNDROME = "no_syndrome"
    SYNDROME = "syndrome"
    TOXINS = "toxins"
    ONSET = "onset"
    NO_SOURCE = "no_source"
    SOURCE = "source"
    CONSULTED = "consulted"
    REGION = "region"
    MONTHS = "months"
    DESCRIPTION = "description"
    LOOKALIKE = "lookalike"
    LOOKALIKE_MILD = "lookalike_mild"
    NO_GENUS = "no_genus"
    OTHER_FAMILY = "other_family"
    GENUS_MILDER = "genus_milder"
    NO_FAMILY = "no_family"
    FAMILY_MILDER = "family_milder"
    FAMILY_HARSHER = "family_harsher"
    FAMILY_NAMES_NONE = "family_names_none"
    WIDE_MILD = "wide_mild"
    WIDE_NOTE = "wide_note"
    SEVERITY = "severity"
    EXAMPLE = "example"
    COUNTRY = "country"
    PHONE = "phone"
    VERIFIED = "verified"
    CHARACTERS_UNLISTED = "characters_unlisted"
    CHARACTERS_RANK = "characters_rank"
    CHARACTERS_MISSING = "characters_missing"
    CHARACTERS_FEW = "characters_few"
    VALUE = "value"
    SIZE = "size"
    CERTAINTY = "certainty"
    CAVEAT = "caveat"
    STEMLESS = "stemless"
    GILLED = "gilled"
    LOST_STATE = "lost_state"
    GENUS_NARROWER = "genus_narrower"
    QUESTION = "question"
    ANSWERS = "answers"
    LIKELIHOOD = "likelihood"

    @property
    def blocks(self) -> bool:
        """Whether a guide that breaks it is refused."""
        return self not in _REMARKS


_REMARKS = {
    *(Rule.GBIF, Rule.REGION, Rule.DESCRIPTION, Rule.LOOKALIKE_MILD, Rule.FAMILY_HARSHER, Rule.FAMILY_NAMES_NONE),
    *(Rule.WIDE_NOTE, Rule.EXAMPLE, Rule.COUNTRY, Rule.VERIFIED, Rule.CONSULTED, Rule.NO_FAMILY, Rule.OTHER_FAMILY),
    *(Rule.NO_SOURCE, Rule.NO_GENUS, Rule.CHARACTERS_UNLISTED, Rule.CHARACTERS_MISSING, Rule.CHARACTERS_FEW),
    *(Rule.CAVEAT, Rule.STEMLESS, Rule.GILLED),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `row` counts as a spreadsheet does, 0 for the table as a whole; `value` is what stands there."""

    table: str
    row: int
    name: str
    rule: Rule
    value: str = ""
