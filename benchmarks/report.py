"""What every benchmark prints: a table for people, one line of JSON for machines, and on what it ran."""

import json
import os
import platform
from collections.abc import Mapping, Sequence

Value = str | int | float


def print_report(name: str, rows: Sequence[Mapping[str, Value]]) -> None:
    """Print rows that have the same columns, first as a table, then as one line of JSON."""
    columns = list(rows[0])
    lines = [columns, *([_shown(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    print(f"\n{name}, on {machine()}\n")
    for line in lines:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)))
    print(json.dumps({"benchmark": name, "machine": machine(), "rows": [dict(row) for row in rows]}))


def machine() -> str:
    """Tell what this runs on."""
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _shown(value: Value) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
