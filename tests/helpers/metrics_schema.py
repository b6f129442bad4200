"""The format of `metrics.json` and of what `evaluate --out` writes, as JSON Schema, one definition a line."""

from __future__ import annotations

import json

import msgspec

from trainer.evaluation.document import Evaluation, Metrics


def schema() -> str:
    """Every record that the two documents hold, by name."""
    _, found = msgspec.json.schema_components([Metrics, Evaluation])
    lines = (f"{json.dumps(name)}: {json.dumps(each, sort_keys=True)}" for name, each in sorted(found.items()))
    return "{\n" + ",\n".join(lines) + "\n}"


if __name__ == "__main__":
    print(schema())
