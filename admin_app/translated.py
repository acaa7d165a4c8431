"""A refusal of the library in the reader's language."""

from __future__ import annotations

from flask_babel import gettext

from wmcrm.errors import WmcrmError


def translated(error: WmcrmError) -> str:
    """The refusal's sentence: its template is the key of its translation."""
    template: str = gettext(error.template)
    return template.format(**error.params) if error.params else template
