"""The ``wmcrm`` command: thin, one file a group of commands, each loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from types import TracebackType

import click

from wmcrm.errors import WmcrmError, where_it_broke

# name -> (module:attribute, one line of help): help needs no import of the groups themselves
COMMANDS: dict[str, tuple[str, str]] = {
    "db": ("wmcrm.cli.database:db", "Upgrade, check, back up and restore the database."),
    "doctor": ("wmcrm.cli.database:doctor", "Say what is wrong with this installation, and what to do."),
    "account": ("wmcrm.cli.accounts:account", "Invite people to the admin, say what they may do."),
    "import": ("wmcrm.cli.imports:import_group", "Bring sheets in, look at what they did, take them back."),
    "people": ("wmcrm.cli.people:people", "Find and show people."),
    "history": ("wmcrm.cli.people:history", "Who changed what about a person, and revert it."),
    "notice": ("wmcrm.cli.consents:notice", "Publish the wording of a privacy notice."),
    "consent": ("wmcrm.cli.consents:consent", "Record, withdraw and show consents."),
    "dedupe": ("wmcrm.cli.dedupe:dedupe", "Find duplicates, decide, merge and unmerge."),
    "directory": ("wmcrm.cli.reports:directory", "Who organizes what, where, in which languages."),
    "paths": ("wmcrm.cli.reports:paths", "The stage of everybody on the path to organizer."),
    "why": ("wmcrm.cli.reports:why", "Why a person is at a stage, in sentences."),
    "report": ("wmcrm.cli.reports:report", "Print a report."),
    "outreach": ("wmcrm.cli.outreach:outreach", "Whom may I write to for this purpose? The only list of addresses."),
    "requests": ("wmcrm.cli.requests:requests", "Ask somebody through the affiliate that holds the record."),
    "lists": ("wmcrm.cli.lists:lists", "Lists for one purpose, judged again whenever they are opened."),
    "sharing": ("wmcrm.cli.sharing:sharing", "Let another affiliate read, for a purpose, until a day."),
    "subject": ("wmcrm.cli.privacy:subject", "Give people their data; erase people."),
    "mail": ("wmcrm.cli.self_service:mail", "Send the letters that wait; see what became of them."),
    "worker": ("wmcrm.cli.worker:worker", "Send the letters that are due, round after round."),
    "breach": ("wmcrm.cli.duties:breach", "Whose data did an account see or take out?"),
    "retention": ("wmcrm.cli.duties:retention", "How long what is kept; change it; look a year ahead."),
    "purge": ("wmcrm.cli.privacy:purge", "Delete what has been kept long enough."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the contract, then those of other packages."""
        return [*COMMANDS, *sorted(point.name for point in _foreign())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now."""
        if cmd_name in COMMANDS:
            module, _, attribute = COMMANDS[cmd_name][0].partition(":")
            found = getattr(importlib.import_module(module), attribute)
        else:
            found = next((point.load() for point in _foreign() if point.name == cmd_name), None)
        assert found is None or isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The listing of ``wmcrm --help``, made without importing anything."""
        rows = [(name, help_line) for name, (_, help_line) in COMMANDS.items()]
        rows += [(point.name, FOREIGN_HELP.get(point.name, "")) for point in sorted(_foreign(), key=lambda p: p.name)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


FOREIGN_HELP = {
    "demo": "A small movement of invented people, a report, then the admin.",
    "serve": "Serve the admin on the embedded server.",
}


def _foreign() -> Sequence[importlib.metadata.EntryPoint]:
    return tuple(entry_points(group="wmcrm.commands"))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wmcrm")
def wmcrm() -> None:
    """The movement CRM and organizer directory. WMCRM_DATABASE_URL names the database."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 done with problems, 2 refused with one line on standard error."""
    sys.excepthook = _crash
    try:
        status = wmcrm.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except click.UsageError as error:
        _refuse(error.format_message() + _hint(error))
    except click.ClickException as error:
        _refuse(error.format_message())
    except click.Abort:
        _refuse("Stopped; nothing was changed by the last step.")
    except WmcrmError as error:
        _refuse(str(error))
    except BrokenPipeError:
        sys.exit(0)
    else:
        sys.exit(status if isinstance(status, int) else 0)


def _crash(_kind: type[BaseException], error: BaseException, _where: TracebackType | None) -> None:
    """What a crash leaves on standard error, which is often a log: where it was, and nobody's values."""
    click.echo("wmcrm: Something broke; nothing was stored by the last step. Tell us where:", err=True)
    click.echo(where_it_broke(error), err=True)


def _hint(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "wmcrm"
    return f" See: {path} --help"


def _refuse(message: str) -> None:
    click.echo("wmcrm: " + " ".join(message.split()), err=True)
    sys.exit(2)
