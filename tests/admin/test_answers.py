"""What every answer carries, and what refusals and failures look like."""

from __future__ import annotations

import logging

import pytest

from admin_app import create_app
from admin_app.crash_log import WithoutValues
from admin_app.headers import POLICY
from tests.admin.conftest import SECRET, Desk
from wmcrm.errors import ConflictError, StalePlanError
from wmcrm.settings import Settings


def test_every_answer_forbids_foreign_and_inline_content(desk: Desk) -> None:
    for address in ("/login", "/nowhere", "/static/app.js", "/healthz"):
        headers = desk.visit("").get(address).headers
        assert headers["Content-Security-Policy"] == POLICY, address
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert not any(word in POLICY for word in ("unsafe", "data:", "http", "*"))


def test_pages_are_not_kept_and_versioned_files_are(desk: Desk) -> None:
    ruth = desk.visit("Ruth")
    assert ruth.get("/people/").headers["Cache-Control"] == "no-store"
    assert "immutable" in ruth.get("/static/app.js?v=1").headers["Cache-Control"]


def test_a_page_has_one_heading_one_main_part_and_a_way_past_the_menu(desk: Desk) -> None:
    for address in ("/", "/people/", f"/people/{desk.cast.fatou}", "/nowhere"):
        page = desk.visit("Ruth").get(address).text
        assert page.count("<h1") == page.count("<main") == 1, address
        assert 'href="#main"' in page


@pytest.mark.parametrize(("error", "status"), [(ConflictError, 409), (StalePlanError, 409)])
def test_a_refusal_is_a_page_that_says_what_to_do(own_desk: Desk, error: type[ConflictError], status: int) -> None:
    def refuse() -> str:
        raise error("There is no such record.")

    refuse.wmcrm_policy = "public"  # type: ignore[attr-defined]
    own_desk.app.add_url_rule("/refuses", "refuses", _public(refuse))
    answer = own_desk.visit("").get("/refuses", headers={"Accept-Language": "ar"})
    assert answer.status_code == status
    assert "لا يوجد سجل كهذا." in answer.text


def test_a_crash_shows_and_logs_a_number_and_nothing_of_the_inside(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(database_url=desk.engine.url.render_as_string(), secret_key=SECRET)
    app = create_app(settings)

    def crash() -> str:
        raise RuntimeError(" ".join(("secret", "of the inside")))

    app.add_url_rule("/crashes", "crashes", _public(crash))
    answer = app.test_client().get("/crashes")
    assert answer.status_code == 500
    assert "Number:" in answer.text
    assert "secret of the inside" not in answer.text
    assert "RuntimeError" in caplog.text
    assert "secret of the inside" not in caplog.text


def test_the_server_s_log_names_no_address_that_was_asked_for() -> None:
    said = logging.LogRecord("waitress", logging.ERROR, "", 1, "Exception while serving %s", ("/people/p_1",), None)
    assert WithoutValues().format(said).endswith("waitress: Exception while serving %s")
    own = logging.LogRecord("admin_app.errors", logging.ERROR, "", 1, "crash %s", ("4f",), None)
    assert WithoutValues().format(own).endswith("crash 4f")


def test_too_much_at_once_is_refused_by_name(desk: Desk) -> None:
    answer = desk.visit("Ruth").post("/language", {"language": "x" * 22_100_000})
    assert answer.status_code == 413
    assert "20 MB" in answer.text


def test_the_watchdog_gets_ok_without_a_session(desk: Desk) -> None:
    answer = desk.visit("").get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert "Set-Cookie" not in answer.headers


def _public(view: object) -> object:
    from admin_app.access import Permission, needs

    return needs(Permission.PUBLIC)(view)  # type: ignore[type-var]
