"""What we ask of the wikis' OAuth 2.0 server, by Authlib: where to send people, and who came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from admin_app.signin.ways import WikimediaServer

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

SECONDS = 10
AGENT = "wmcrm (movement CRM; sign-in of invited accounts)"


class Unreachable(Exception):  # noqa: N818  (it says what is the case)
    """The server did not answer, or not as OAuth 2.0 says."""


@dataclass(frozen=True, slots=True)
class WikiUser:
    """Who the wiki says they are: the username, and the number that stays when the username changes."""

    username: str
    id: str


def address_to_ask(server: WikimediaServer, state: str, verifier: str) -> str:
    """Where to send somebody so that the wiki asks them whether they want to sign in here."""
    address, _ = _client(server).create_authorization_url(
        f"{server.address}/authorize", state=state, code_verifier=verifier
    )
    return str(address)


def fetch_user(server: WikimediaServer, code: str, verifier: str) -> WikiUser:
    """Who came back with this code; raises Unreachable when the server cannot be asked or refuses it."""
    from authlib.common.errors import AuthlibBaseError
    from requests import RequestException

    client = _client(server)
    try:
        client.fetch_token(f"{server.address}/access_token", code=code, code_verifier=verifier, timeout=SECONDS)
        answer = client.get(f"{server.address}/resource/profile", timeout=SECONDS)
        answer.raise_for_status()
        profile = answer.json()
        return WikiUser(str(profile["username"]), str(profile["sub"]))
    except (AuthlibBaseError, RequestException, KeyError, TypeError, ValueError) as error:
        raise Unreachable from error
    finally:
        client.close()


def _client(server: WikimediaServer) -> OAuth2Session:
    from authlib.integrations.requests_client import OAuth2Session  # only where it is configured: it is not small

    client = OAuth2Session(
        server.client_id,
        server.client_secret,
        redirect_uri=server.back,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",  # noqa: S106  (a method)
    )
    client.headers["User-Agent"] = AGENT
    return client
