"""Translations: collect what the screens say, bring the catalogues up to date, say what is missing.

``python -m admin_app.messages update`` after a sentence changed; translate what it lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

import wmcrm
from admin_app.assets import PACKAGE, TRANSLATIONS
from wmcrm.matching.reasons import all_words
from wmcrm.permissions import PERMISSIONS

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")]
# What the library says on the screens that are built.
LIBRARY = [
    (name, "python")
    for name in (
        "accounts/*.py",
        "consent/log.py",
        "consent/register.py",
        "dedupe/affiliate_judgements.py",
        "dedupe/affiliate_links.py",
        "dedupe/decide.py",
        "dedupe/judgements.py",
        "dedupe/merge.py",
        "dedupe/said.py",
        "dedupe/scope.py",
        "dedupe/unmerge.py",
        "history.py",
        "importer/drafts.py",
        "importer/failed.py",
        "importer/mapping/user_map.py",
        "importer/newevent.py",
        "importer/questions.py",
        "importer/runs.py",
        "importer/sheetplan.py",
        "importer/tables.py",
        "importer/undo.py",
        "models/removing.py",
        "models/scope.py",
        "normalize/problems.py",
        "outreach/bounces.py",
        "outreach/gate.py",
        "outreach/keyring.py",
        "outreach/lists.py",
        "outreach/restrictions.py",
        "outreach/withdrawing.py",
        "passing_on/*.py",
        "paths/explain.py",
        "paths/reading.py",
        "people/facts.py",
        "people/finding.py",
        "people/writing.py",
        "privacy/accountability.py",
        "privacy/answers.py",
        "privacy/authority.py",
        "privacy/cipher.py",
        "privacy/clock.py",
        "privacy/custody.py",
        "privacy/protecting.py",
        "privacy/rules.py",
        "privacy/sealing.py",
        "privacy/stewards.py",
        "references.py",
        "self_service/asking.py",
        "self_service/confirming.py",
        "self_service/correcting.py",
        "self_service/deciding.py",
        "self_service/links.py",
        "self_service/outbox.py",
        "self_service/requests.py",
        "sharing.py",
        "sheets/sentences.py",
    )
]
# A refusal's template and a sentence about the path are keys of translations like any other.
REFUSALS = (
    "WmcrmError",
    "BadInputError",
    "NoTermsError",
    "NotFoundError",
    "AmbiguousReferenceError",
    "NotAllowedError",
    "ConflictError",
    "StalePlanError",
    "SettingsError",
    "DatabaseStateError",
)
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "sentence": None,
    "sentence_text": None,
    "Problem": (2,),
    **dict.fromkeys(REFUSALS),
}
OPTIONS = {"templates/**.html": {"trimmed": "true"}}


def said() -> Catalog:
    """Everything the screens say, and what the library says through them, as an untranslated catalogue."""
    catalogue = Catalog(project="wmcrm", fuzzy=False)
    for folder, methods in ((PACKAGE, METHODS), (Path(wmcrm.__file__).parent, LIBRARY)):
        for _, _, message, comments, context in extract_from_dir(
            folder, method_map=methods, options_map=OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
        ):
            catalogue.add(message, None, auto_comments=comments, context=context)
    for sentence in (*all_words(), *PERMISSIONS.values()):
        catalogue.add(sentence)
    return catalogue


def catalogue_files() -> list[Path]:
    """The catalogues of all languages."""
    return sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def read_catalogue(path: Path) -> Catalog:
    """The catalogue in a file."""
    with path.open("rb") as stream:
        return read_po(stream, locale=path.parent.parent.name)


def missing(catalogue: Catalog, wanted: Catalog) -> Iterator[str]:
    """The sentences of ``wanted`` that the catalogue does not say, in whole or in one of its plural forms."""
    for message in wanted:
        if not message.id:
            continue
        found = catalogue.get(message.id, context=message.context)
        strings = found.string if found is not None else ""
        complete = all(strings) if isinstance(strings, tuple | list) else bool(strings)
        if found is None or not complete or found.fuzzy:
            yield message.id[0] if isinstance(message.id, tuple | list) else message.id


@click.group()
def main() -> None:
    """Collect sentences and say which are not translated."""


@main.command()
def update() -> None:
    """Bring every catalogue up to date and list what it lacks."""
    wanted = said()
    for path in catalogue_files():
        catalogue = read_catalogue(path)
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as stream:
            write_po(stream, catalogue, width=110, no_location=True, sort_output=True)
        for text in missing(catalogue, wanted):
            click.echo(f"{path.parent.parent.name}: {text}")


if __name__ == "__main__":
    main()
