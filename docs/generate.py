"""Makes docs/reference/ from the code: `python docs/generate.py`. A test fails when it lags."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from wmcrm.cli import COMMANDS, FOREIGN_HELP, wmcrm
from wmcrm.models import metadata
from wmcrm.settings import Settings

REFERENCE = Path(__file__).parent / "reference"


def commands_page() -> str:
    """Every command with its arguments and options."""
    lines = ["# Commands", "", "Made from the code by `python docs/generate.py`; do not edit.", ""]
    lines += [
        "Dates are ISO. `--format json|csv|table` and `--as ACCOUNT` exist on every command but `serve` and `demo`."
    ]
    lines += ["Exit status: 0 done; 1 done, but some rows have problems or a check found something; 2 refused.", ""]
    context = click.Context(wmcrm, info_name="wmcrm")
    for name in [*COMMANDS, *sorted(FOREIGN_HELP)]:
        command = wmcrm.get_command(context, name)
        assert command is not None
        for path, found in _walk(f"wmcrm {name}", command):
            lines += _section(path, found)
    return "\n".join(lines)


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, child in sorted(command.commands.items()):
            yield from _walk(f"{path} {name}", child)
    else:
        yield path, command


def _section(path: str, command: click.Command) -> list[str]:
    arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
    lines = [f"## `{' '.join([path, *arguments])}`", "", re.sub(r"\s+", " ", command.help or "").strip(), ""]
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in {"format", "as"}:
            needed = " (required)" if option.required else ""
            lines.append(f"- `{', '.join(option.opts)}`{needed}: {option.help or ''}".rstrip(": ").rstrip())
    return [*lines, ""] if lines[-1] else lines


def settings_page() -> str:
    """Every setting with its default."""
    lines = ["# Settings", "", "Made from the code by `python docs/generate.py`; do not edit.", ""]
    lines += ["Each is an environment variable; with `_FILE` added, the name of a file that holds the value.", ""]
    lines += ["| variable | default | what it is |", "| --- | --- | --- |"]
    for field in dataclasses.fields(Settings):
        default = f"`{field.default}`" if field.default else ""
        lines.append(f"| `WMCRM_{field.name.upper()}` | {default} | {field.metadata['says']} |")
    return "\n".join([*lines, ""])


def tables_page() -> str:
    """Every table with its columns."""
    lines = ["# Tables", "", "Made from the code by `python docs/generate.py`; do not edit.", ""]
    for table in sorted(metadata.tables.values(), key=lambda t: t.name):
        lines += [f"## `{table.name}`", ""]
        lines += [f"- `{column.name}`{_target(column)}" for column in table.columns]
        lines.append("")
    return "\n".join(lines)


def _target(column: object) -> str:
    keys = sorted(key.target_fullname for key in getattr(column, "foreign_keys", ()))
    return f" → `{keys[0]}`" if keys else ""


PAGES = {"commands.md": commands_page, "settings.md": settings_page, "tables.md": tables_page}


def main() -> None:
    """Write all pages."""
    REFERENCE.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        (REFERENCE / name).write_text(make(), encoding="utf-8")
    sys.stdout.write(f"{len(PAGES)} pages\n")


if __name__ == "__main__":
    main()
