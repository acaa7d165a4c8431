"""Where an installation is reached, as far as passkeys are concerned."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are for: the origin that a browser must be on, and the host in it."""

    origin: str

    @property
    def host(self) -> str:
        """The host, which passkeys are bound to."""
        return urlsplit(self.origin).hostname or ""

    @property
    def can_have_passkeys(self) -> bool:
        """Browsers bind passkeys to names, not to numbers, over https or on this very machine."""
        parts = urlsplit(self.origin)
        is_number = ":" in self.host or self.host.replace(".", "").isdigit()
        return not is_number and (parts.scheme == "https" or self.host == "localhost")
