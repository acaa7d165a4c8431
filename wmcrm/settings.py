"""Settings: read once from the environment, frozen, loud about what is wrong."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from wmcrm.errors import SettingsError

PREFIX = "WMCRM_"
FORBIDDEN_SECRETS = frozenset({"", "secret", "changeme", "change-me", "dev", "development", "password"})
MINIMAL_SECRET_LENGTH = 32
SHORTEST_PAUSE, LONGEST_PAUSE = 5, 86_400


# Below these somebody can be found behind a figure: no installation may show less.
SAFE_PEOPLE, SAFE_ANSWERS, SAFE_CHOICES = 10, 10, 5
LARGEST_THRESHOLD = 1000


@dataclass(frozen=True, slots=True)
class LeastCounts:
    """The smallest counts that may leave: of people, of answers to a question, of people who chose an option."""

    people: int = SAFE_PEOPLE
    answers: int = SAFE_ANSWERS
    choices: int = SAFE_CHOICES


def _setting(default: str, says: str) -> str:
    made: str = field(default=default, metadata={"says": says})
    return made


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation may decide; every field is ``WMCRM_<FIELD>`` or a file ``WMCRM_<FIELD>_FILE``."""

    database_url: str = _setting("sqlite:///wmcrm.sqlite3", "SQLite or PostgreSQL")
    secret_key: str = _setting("", "at least 32 random characters; seals cookies and the secrets of second factors")
    base_url: str = _setting("http://127.0.0.1:8000", "where people reach the admin; https for every installation")
    data_dir: str = _setting("var", "folder for files that are not in the database")
    default_locale: str = _setting("en", "language where neither account nor browser asks for one")
    mail_from: str = _setting("wmcrm@localhost", "sender of messages")
    smtp_url: str = _setting("", "server for messages; without one they are written to the data folder")
    mail_every: str = _setting(
        "60",
        "seconds between two rounds in which `wmcrm serve` sends what waits; `off` leaves it to `wmcrm worker`",
    )
    second_factor: str = _setting(
        "",
        "`required` of stewards and administrators, or `offered`; by default offered where the base URL is this "
        "very machine over http and the request comes from it, else required",
    )
    least_people: str = _setting(
        str(SAFE_PEOPLE), f"smallest count of people that a report for others shows, from {SAFE_PEOPLE} up"
    )
    least_answers: str = _setting(
        str(SAFE_ANSWERS),
        f"how many must have answered a question of a sheet for its figures, from {SAFE_ANSWERS} up",
    )
    least_choices: str = _setting(
        str(SAFE_CHOICES), f"how many must have chosen an option for it to be shown, from {SAFE_CHOICES} up"
    )
    oauth_client_id: str = _setting("", "of the consumer registered with the wikis: switches their sign-in on")
    oauth_client_secret: str = _setting("", "of the same consumer")
    oauth_server: str = _setting("https://meta.wikimedia.org/w/rest.php/oauth2", "OAuth 2.0 server of the wikis")

    def __repr__(self) -> str:
        return "Settings(...)"

    @property
    def data_path(self) -> Path:
        """The folder for files that are not in the database (keys, mails in development)."""
        return Path(self.data_dir)

    @property
    def is_https(self) -> bool:
        """True when people reach the application over TLS; decides cookies and HSTS."""
        return self.base_url.startswith("https://")

    @property
    def mail_pause(self) -> float | None:
        """Seconds between two rounds in which the server sends letters; None where it sends none by itself."""
        if self.mail_every == "off":
            return None
        if self.mail_every.isdecimal() and SHORTEST_PAUSE <= int(self.mail_every) <= LONGEST_PAUSE:
            return float(self.mail_every)
        raise SettingsError("WMCRM_MAIL_EVERY is a number of seconds from 5 to 86400, or 'off'.")

    @property
    def requires_second_factor(self) -> bool:
        """Whether stewards and administrators must have a second factor: ``required`` or ``offered``.

        By default it is required, but for an address that only this very machine reaches (and there of requests
        that come from elsewhere: admin_app.signin.ways).
        """
        if self.second_factor not in {"", "required", "offered"}:
            raise SettingsError("WMCRM_SECOND_FACTOR is either 'required' or 'offered'.")
        if self.second_factor:
            return self.second_factor == "required"
        return self.is_https or not is_this_machine(urlsplit(self.base_url).hostname or "")

    @property
    def least_counts(self) -> LeastCounts:
        """The smallest counts that may leave; raises SettingsError for one that is no number or not safe."""
        return LeastCounts(
            people=_threshold("WMCRM_LEAST_PEOPLE", self.least_people, SAFE_PEOPLE),
            answers=_threshold("WMCRM_LEAST_ANSWERS", self.least_answers, SAFE_ANSWERS),
            choices=_threshold("WMCRM_LEAST_CHOICES", self.least_choices, SAFE_CHOICES),
        )

    def require_secret(self) -> str:
        """The secret key; raises SettingsError when it is missing, a default or too short."""
        if self.secret_key.lower() in FORBIDDEN_SECRETS or len(self.secret_key) < MINIMAL_SECRET_LENGTH:
            raise SettingsError(
                "The secret key is missing or too short; put at least {length} random characters into "
                "WMCRM_SECRET_KEY, for example from: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
                length=MINIMAL_SECRET_LENGTH,
            )
        return self.secret_key


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment; an unknown WMCRM_ name is refused, so that no typo goes unseen.

    Names that begin with ``WMCRM_TEST_`` or ``WMCRM_WORLD`` belong to the tests.
    """
    environ = os.environ if environ is None else environ
    known = {one.name for one in fields(Settings)}
    values: dict[str, str] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name.startswith(("WMCRM_TEST_", "WMCRM_WORLD")):
            continue
        field_name = name.removeprefix(PREFIX).lower()
        if field_name in known:
            values[field_name] = value
        elif field_name.endswith("_file") and field_name.removesuffix("_file") in known:
            values.setdefault(field_name.removesuffix("_file"), _read_secret(name, value))
        else:
            raise SettingsError("There is no setting {name}; see docs/reference/settings.md.", name=name)
    return Settings(**values)


def _threshold(name: str, text: str, safe: int) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    if not safe <= number <= LARGEST_THRESHOLD:
        raise SettingsError(
            "{name} is a whole number from {safe} to {largest}; smaller counts lead to people.",
            name=name,
            safe=safe,
            largest=LARGEST_THRESHOLD,
        )
    return number


def is_this_machine(host: str) -> bool:
    """Whether an address or a name of a host is that of the machine which asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError("The file named by {name} cannot be read: {why}.", name=name, why=error.strerror) from error
