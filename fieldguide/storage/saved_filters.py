"""What the user searches by again and again, kept by name. Works inside a transaction that the caller opened.

A kept filter is what was ticked and written, not the dates and ids that it meant that day: "the last month" stays so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from sqlite3 import Connection

from fieldguide.storage.rows import clean

FilterState = Mapping[str, tuple[str, ...]]  # what is narrowed by -> what of it


def read_saved(connection: Connection) -> dict[str, FilterState]:
    """All of them, by name; what is damaged narrows by nothing."""
    rows = connection.execute("SELECT name, filter FROM saved_filter ORDER BY name")
    return {name: _state(held) for name, held in rows}


def keep_saved(connection: Connection, name: str, state: FilterState) -> None:
    """Keep one, in the stead of another of this name; without a name nothing."""
    name = clean(name).strip()
    held = {key: [clean(value) for value in values] for key, values in state.items() if values}
    if name:
        connection.execute("INSERT OR REPLACE INTO saved_filter VALUES (?, ?)", (name, json.dumps(held)))


def forget_saved(connection: Connection, name: str) -> None:
    """Forget one."""
    connection.execute("DELETE FROM saved_filter WHERE name = ?", (name,))


def _state(held: str) -> FilterState:
    try:
        found = json.loads(held)
    except ValueError:
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {key: tuple(str(value) for value in values) for key, values in pairs if isinstance(values, list)}
