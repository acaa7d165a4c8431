"""In which language a page speaks, and in which direction it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, g, has_request_context, redirect, request
from flask_babel import Babel, get_locale, gettext

from admin_app.access import Permission, needs
from admin_app.addresses import own_address

COOKIE = "wmcrm_language"
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface: its code, its name in itself, its direction."""

    code: str
    own_name: str
    direction: str = "ltr"


WORKING_LANGUAGES = (
    Language("en", "English"),
    Language("ar", "العربية", "rtl"),
    Language("de", "Deutsch"),
    Language("es", "Español"),
    Language("fr", "Français"),
    Language("id", "Bahasa Indonesia"),
    Language("ru", "Русский"),
    Language("zh", "中文"),
)

screen = Blueprint("language", __name__)


def offered_languages() -> tuple[Language, ...]:
    """The working languages that have a translation; English needs none."""
    folder = Path(__file__).parent / "translations"
    return tuple(
        language
        for language in WORKING_LANGUAGES
        if language.code == "en" or (folder / language.code / "LC_MESSAGES" / "messages.po").is_file()
    )


def current_language() -> Language:
    """The language of the page that is being made."""
    code = str(get_locale() or "en").partition("_")[0]
    return next((language for language in WORKING_LANGUAGES if language.code == code), WORKING_LANGUAGES[0])


def install_languages(app: Flask, default: str) -> None:
    """Choose each request's language: the reader's choice, then the account's, then the browser's."""
    codes = [language.code for language in offered_languages()]

    def choose() -> str:
        if not has_request_context():
            return default
        wanted = (request.cookies.get(COOKIE), getattr(g, "account_locale", None))
        chosen = next((code for code in wanted if code in codes), None)
        return chosen or request.accept_languages.best_match(codes) or default

    Babel(app, locale_selector=choose, default_locale=default)
    app.jinja_env.globals.update(current_language=current_language, offered_languages=offered_languages)
    # Templates call _() with literals only: what it returns counts as HTML, and a stored text is none.
    app.jinja_env.filters["translated"] = gettext


@screen.post("/language")
@needs(Permission.PUBLIC)
def choose_language() -> Response:
    """Remember the reader's language in a cookie and go back to where they were."""
    response = redirect(own_address(request.form.get("next")), 303)
    wanted = request.form.get("language", "")
    if wanted in {language.code for language in offered_languages()}:
        response.set_cookie(
            COOKIE, wanted, max_age=A_YEAR, secure=request.is_secure, httponly=True, samesite="Lax", path="/"
        )
    return response  # type: ignore[return-value]
