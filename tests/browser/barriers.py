"""What axe finds on a page that a browser shows."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# What passed stays in the browser: handing it over takes several times as long as finding it.
LOOK = "rules => axe.run(document, rules).then(said => said.violations)"


def barriers(page: Page) -> list[str]:
    """What axe finds on a page, one line each."""
    page.evaluate(_axe())
    return [
        f"{page.url} {violation['id']}: {node['html'][:150]}"
        for violation in page.evaluate(LOOK, RULES)
        for node in violation["nodes"]
    ]


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
