"""What is written after each command so that it can be run with records of every side.

A new command fails the tests until it has a line here and one in wmcrm/cli/policies.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from tests.security.planted import Planted, Side
from wmcrm.cli import wmcrm

AGE_KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
# {person} and {partner} are two people of a side, {run} its import, {list} its prepared list, {event}, {affiliate},
# {merge}, {change}; {sheet} and {people} are files to import, {text} a file of text, {out} a file, {folder} a folder.
LINES: Mapping[str, str] = {
    "account create": "Newcomer --role viewer --affiliate baobab",
    "account close": "viewer\u00a0affiliate",
    "account email": "viewer\u00a0affiliate viewer@example.org",
    "account grant": "viewer\u00a0affiliate --role editor --affiliate baobab",
    "account link": "viewer\u00a0affiliate",
    "account list": "",
    "account open": "viewer\u00a0affiliate",
    "account reset-second-factor": "viewer\u00a0affiliate",
    "account revoke": "viewer\u00a0affiliate --role viewer --affiliate baobab",
    "account sessions": "viewer\u00a0affiliate",
    "account wiki": "viewer\u00a0affiliate Somebody",
    "breach": "--from 2026-01-01 --to 2026-12-31",
    "consent invite": "{person} --purpose newsletter --channel email",
    "consent record": "{person} --purpose newsletter --channel email --notice v1 --method form --on 2026-06-02",
    "consent renewals": "",
    "consent show": "{person}",
    "consent withdraw": "{person} --purpose newsletter",
    "db backup": "{out}",
    "db check": "",
    "db refresh": "",
    "db restore": "{out}",
    "db upgrade": "",
    "dedupe affiliate-links": "",
    "dedupe affiliates": "",
    "dedupe affiliates-apart": "",
    "dedupe clusters": "",
    "dedupe decide": "{person} {partner} unsure",
    "dedupe file": "{sheet} --id Username -o {out}",
    "dedupe link-affiliates": "{affiliate} baobab --since 2026-01-01",
    "dedupe merge": "{person} {partner}",
    "dedupe pairs": "--min-probability 0",
    "dedupe scan": "",
    "dedupe strict": "--merge",
    "dedupe tell-affiliates-apart": "{affiliate} baobab",
    "dedupe unlink-affiliates": "999",
    "dedupe unmerge": "{merge}",
    "dedupe unmerge-batch": "b-unknown",
    "directory": "",
    "doctor": "",
    "history": "{person}",
    "import answers": "{run} --column 4 --purpose newsletter --until 2026-12-31",
    "import affiliates": "{people}",
    "import consents": "{people}",
    "import events": "{people}",
    "import failed": "{run} -o {out}",
    "import participations": "{people}",
    "import people": "{people}",
    "import roles": "{people}",
    "import rows": "{run}",
    "import signups": "{sheet} --event {event}",
    "import undo": "{run}",
    "lists open": "{list}",
    "lists prepare": "--purpose newsletter --channel email --reason test",
    "lists show": "",
    "mail again": "{person}",
    "mail list": "",
    "mail send": "",
    "mail try": "m_0000000000000",
    "notice add": "v9 --purpose newsletter --language en --text {text}",
    "notice list": "",
    "outreach": "--purpose newsletter --channel email",
    "paths": "",
    "people find": "kanari",
    "people show": "{person}",
    "purge": "--dry-run",
    "report": "path",
    "requests answer": "k_unknown declined",
    "requests ask": "{person} --purpose newsletter --reason test --message test",
    "requests cancel": "k_unknown",
    "requests list": "",
    "retention": "",
    "sharing end": "1",
    "sharing grant": "baobab {affiliate} --field names --purpose newsletter --until 2031-01-01",
    "sharing list": "",
    "subject answer": "{person}",
    "subject answer-hit": "1 other",
    "subject erase": "{person}",
    "subject export": "{person} -o {folder}",
    "subject hand-over": "{person} --recipient " + AGE_KEY + " -o {out}",
    "subject hits": "",
    "subject link": "{person}",
    "subject requests": "",
    "subject restrict": "{person}",
    "subject rotate": "{person}",
    "subject seal": "{person} --steward ruth",
    "subject steward": "ruth --recipient " + AGE_KEY,
    "subject stewards": "",
    "subject unseal": "{person}",
    "why": "{person}",
    "worker": "--once",
}
# Beside a command: what only an option does.
OPTIONS: Mapping[str, str] = {"history --revert": "{person} --revert {change}"}
PERSONAL = frozenset({"person", "partner", "run", "list", "merge", "change"})


def tree() -> dict[str, click.Command]:
    """Every command that takes --as, by its words."""
    return {path: command for path, command in _walk(wmcrm, "", click.Context(wmcrm)) if takes_as(command)}


def takes_as(command: click.Command) -> bool:
    """Whether a command can act for an account."""
    return any(parameter.name == "as" for parameter in command.params)


def _walk(command: click.Command, path: str, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _walk(found, f"{path} {name}".strip(), context)


def is_personal(path: str) -> bool:
    """Whether the line of a command names a record that has a side."""
    return bool(PERSONAL & set(re.findall(r"{(\w+)}", line_of(path))))


def line_of(path: str) -> str:
    """The line of a command; a KeyError says what to write."""
    line = {**LINES, **OPTIONS}.get(path)
    if line is None:
        raise KeyError(f'Say in tests/security/commands.py how `wmcrm {path}` is run: "{path}": "{{person}} ..."')
    return line


def arguments(path: str, world: Planted, side: Side, folder: Path) -> list[str] | None:
    """A command with the records of a side; None where the side has none such."""
    ground = world.grounds.get(side)
    values = {
        "person": world.people.get(side),
        "partner": world.partners.get(side),
        "run": world.runs.get(side),
        "merge": world.merges.get(side),
        "change": world.changes.get(side),
        "list": world.public_ids.get((side, "exported_list")),
        "event": world.public_ids.get((Side.OWN, "event")),
        "affiliate": world.public_ids.get((Side.FOREIGN, "affiliate")),
        "sheet": folder / "sheet.csv",
        "people": folder / "people.csv",
        "text": folder / "text.txt",
        "out": folder / "out.csv",
        "folder": folder / "out",
    }
    assert ground is not None
    wanted = re.findall(r"{(\w+)}", line_of(path))
    if any(values[name] is None for name in wanted):
        return None
    # A space that does not break a word: names of accounts hold one.
    words = [
        word.replace("\u00a0", " ")
        for word in line_of(path).format_map({name: str(value) for name, value in values.items()}).split(" ")
        if word
    ]
    return [*path.removesuffix(" --revert").split(), *words]


def write_files(folder: Path) -> None:
    """The files that the lines name."""
    (folder / "sheet.csv").write_text(
        "Name,Username,E-mail\nNew Comer,Newcomer9,new9@example.org\nTwo,Two9,\n", "utf-8"
    )
    (folder / "people.csv").write_text("id,display_name\n1,Somebody New\n", "utf-8")
    (folder / "text.txt").write_text("We write to you about what you asked for.", "utf-8")
