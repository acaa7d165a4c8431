"""The demonstration: a small movement of invented people through the real importer, a report, the admin over it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

import click
from sqlalchemy.engine import Engine

import wmcrm.upkeep  # noqa: F401  (derived rows are kept with what is written)
from admin_app import create_app
from admin_app.serving import serve_app
from wmcrm.accounts import create_account
from wmcrm.db import OPERATOR, Session, open_engine, schema, session_scope
from wmcrm.importer import ImportReport, SignupOptions, apply_signups, sheet_file
from wmcrm.importer.files import import_file
from wmcrm.models import ImportKind, PermissionRole, now_utc
from wmcrm.reports import Question, Report, make_report
from wmcrm.settings import Settings
from wmcrm.sheets import content_hash, read_sheets

FOLDER = Path("demo-data")
SAMPLES = Path(__file__).parent / "samples"
NAME = "demo"
FILES = (
    ImportKind.AFFILIATES,
    ImportKind.EVENTS,
    ImportKind.PEOPLE,
    ImportKind.ROLES,
    ImportKind.PARTICIPATIONS,
    ImportKind.CONSENTS,
)
# The sign-up sheets that ship, and the event of each.
SHEETS: Mapping[str, str] = {"gforms_0.xlsx": "419", "eventbrite_0.csv": "138", "handtyped_0.xlsx": "105"}


def run_demo(*, serve: bool, port: int) -> None:
    """Make the database anew, import the samples, print what happened and the path report; then serve it."""
    settings = _fresh_settings(port)
    engine = open_engine(settings.database_url)
    schema.prepare(engine)
    import_samples(engine)
    with session_scope(engine, OPERATOR) as session:
        _print_report(make_report(session, "path", Question(as_of=now_utc().date())))
    with session_scope(engine, OPERATOR, writing=True) as session:
        password = invite(session)
    engine.dispose()
    if serve:
        serve_app(create_app(settings), "127.0.0.1", port, name=NAME, password=password)
    else:
        click.echo(f"The database is {FOLDER}/demo.sqlite3; look into it with:")
        click.echo(f"  WMCRM_DATABASE_URL={settings.database_url} .venv/bin/wmcrm people find maria")


def import_samples(engine: Engine) -> None:
    """Import every sample, each in a transaction of its own, and print one line for each."""
    click.echo(f"{'sample':<22}" + "".join(f"{name:>11}" for name in _COUNTED))
    for kind in FILES:
        with session_scope(engine, OPERATOR, writing=True) as session:
            report = import_file(session, kind, SAMPLES / f"{kind.value}.csv")
        _print_counts(f"{kind.value}.csv", report)
    for name, event in SHEETS.items():
        with session_scope(engine, OPERATOR, writing=True) as session:
            report = _import_sheet(session, SAMPLES / name, event)
        _print_counts(name, report)


def invite(session: Session) -> str:
    """Make the account of the demonstration, which may do everything; returns its password."""
    invitation = create_account(session, NAME, role=PermissionRole.ADMINISTRATOR)
    return invitation.password or ""


def _fresh_settings(port: int) -> Settings:
    FOLDER.mkdir(exist_ok=True)
    for leftover in FOLDER.glob("demo.sqlite3*"):
        leftover.unlink()
    return Settings(
        database_url=f"sqlite:///{FOLDER}/demo.sqlite3",
        secret_key=secrets.token_urlsafe(48),
        base_url=f"http://127.0.0.1:{port}",
        data_dir=str(FOLDER),
    )


def _import_sheet(session: Session, path: Path, event: str) -> ImportReport:
    with read_sheets(path) as file:
        options = SignupOptions(event=f"external:{event}")
        return apply_signups(session, sheet_file(file, content_hash(path)), options)


_COUNTED = ("new", "matched", "updated", "held", "invalid")


def _print_counts(name: str, report: ImportReport) -> None:
    click.echo(f"{name:<22}" + "".join(f"{report.counts.get(count, 0):>11}" for count in _COUNTED))


def _print_report(report: Report) -> None:
    click.echo(f"\n{report.title}, as of {report.question.as_of}: {report.n} people")
    widths = [max(len(column), *(len(str(row.get(column))) for row in report.rows)) for column in report.columns]
    click.echo("  ".join(f"{column:<{width}}" for column, width in zip(report.columns, widths, strict=True)))
    for row in report.rows:
        cells = (row.get(column) for column in report.columns)
        click.echo("  ".join(f"{_shown(cell):<{width}}" for cell, width in zip(cells, widths, strict=True)))
    click.echo(report.coverage + "\n")


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell)
