"""``wmcrm serve`` and ``wmcrm demo``: the admin on the embedded server, with one's own data or invented people."""

from __future__ import annotations

import click

from wmcrm.cli.context import plain_database_errors
from wmcrm.settings import read_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="On which address to listen.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), metavar="N")
def serve(host: str, port: int) -> None:
    """Serve the admin on the embedded server until it is stopped."""
    from admin_app import create_app
    from admin_app.serving import serve_app, what_is_open
    from wmcrm.db import open_engine, schema

    settings = read_settings()
    settings.require_secret()
    with plain_database_errors():
        schema.prepare(open_engine(settings.database_url))
    if (warning := what_is_open(settings, host)) is not None:
        click.echo(warning, err=True)
    serve_app(create_app(settings), host, port)


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop after the report.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), metavar="N")
def demo(no_serve: bool, port: int) -> None:
    """Import a small movement of invented people, print a report, then serve the admin."""
    from admin_app.demo import run_demo

    with plain_database_errors():
        run_demo(serve=not no_serve, port=port)
