"""How an option is refused: by its name, with what is wrong with it."""

from __future__ import annotations

import typing

from fieldguide.core.errors import ErrorCode, FieldGuideError


def refuse(option: str, problem: str) -> typing.NoReturn:
    """Raises FieldGuideError(CONFIG_INVALID) with the option and what is wrong with it."""
    raise FieldGuideError(ErrorCode.CONFIG_INVALID, option=option, problem=problem)
