"""Messages are made safely and handed over once; nothing that fails repeats an address."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from email import message_from_bytes
from email.policy import SMTPUTF8, default
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.self_service.server import mail_server
from wmcrm.errors import BadInputError, SettingsError
from wmcrm.mail import Draft, Handed, Outcome, compose, open_delivery
from wmcrm.settings import Settings

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
DRAFT = Draft("m_1", "aicha@example.org", "Hello", "Hello,\n\n.a dot first\n\nhttps://x.org/a&b\n", "en")


def hand_over(url: str, folder: Path, draft: Draft = DRAFT) -> Handed:
    message = compose(draft, sender="wmcrm@example.org", now=NOW)
    with open_delivery(Settings(smtp_url=url, data_dir=str(folder))) as delivery:
        return delivery.hand_over(message)


def test_a_message_arrives_as_it_was_written(tmp_path: Path) -> None:
    with mail_server() as server:
        assert hand_over(server.url, tmp_path).outcome is Outcome.SENT
    (taken,) = server.taken
    assert taken["To"] == "aicha@example.org"
    assert taken["Message-ID"] == "<m_1@example.org>"
    assert taken.get_body(("plain",)).get_content().replace("\r\n", "\n") == DRAFT.text
    assert '<a dir="ltr" href="https://x.org/a&amp;b">' in taken.get_body(("html",)).get_content()
    assert taken["List-Unsubscribe"] is None


def test_what_is_sent_under_a_purpose_can_be_left_with_one_click() -> None:
    message = compose(Draft("m_1", "a@b.org", "s", "t", "ar", "https://x/w/1"), sender="w@b.org", now=NOW)
    assert message["List-Unsubscribe"] == "<https://x/w/1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert 'dir="rtl"' in message.get_body(("html",)).get_content()


def test_the_way_out_stands_on_one_line_however_long_it_is() -> None:
    way_out = "https://crm.example.org/withdraw/p_4k2mzh81w9qc.newsletter.email." + "x" * 90
    message = compose(Draft("m_1", "a@b.org", "s", "t", "en", way_out), sender="w@b.org", now=NOW)
    for written in (message.as_bytes(), message.as_bytes(policy=SMTPUTF8)):
        assert f"List-Unsubscribe: <{way_out}>\r\n".encode() in written


@pytest.mark.parametrize(
    "address",
    ["a@b.org\nBcc: x@y.org", "a@b.org\r\n", "a@b.org, c@d.org", "A <a@b.org>", "a b@c.org", "", "a", "@b.org", "a@", "a@b@c.org", "a@" + "x" * 80 + ".org", 'a"b@c.org', "a\x00@b.org"],
)  # fmt: skip
def test_an_address_that_breaks_a_header_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(BadInputError) as refusal:
        compose(Draft("m_1", address, "s", "t", "en"), sender="w@b.org", now=NOW)
    assert "b.org" not in str(refusal.value)


def test_a_subject_with_a_line_break_is_refused() -> None:
    with pytest.raises(BadInputError):
        compose(Draft("m_1", "a@b.org", "s\nBcc: x@y.org", "t", "en"), sender="w@b.org", now=NOW)


def test_addresses_in_other_scripts_arrive(tmp_path: Path) -> None:
    with mail_server() as server:
        told = hand_over(server.url, tmp_path, Draft("m_1", "عائشة@exämple.org", "سلام", "مرحبًا", "ar"))
    assert told.outcome is Outcome.SENT
    assert "عائشة@xn--exmple-cua.org" in server.recipients[0]


@pytest.mark.parametrize(
    ("answers", "vanish", "outcome", "why"),
    [
        ({"rcpt": "550 5.1.1 aicha@example.org unknown"}, "", Outcome.NO_MAILBOX, "550"),
        ({"rcpt": "553 no such name"}, "", Outcome.NO_MAILBOX, "553"),
        ({"rcpt": "550 5.2.1 mailbox disabled"}, "", Outcome.NO_MAILBOX, "550"),
        ({"rcpt": "550 5.7.1 you are blocked"}, "", Outcome.REFUSED, "550"),
        ({"rcpt": "552 5.2.2 mailbox full"}, "", Outcome.REFUSED, "552"),
        ({"rcpt": "554 5.4.4 no route"}, "", Outcome.REFUSED, "554"),
        ({"mail": "550 5.1.8 bad sender"}, "", Outcome.REFUSED, "550"),
        ({"rcpt": "451 4.7.1 greylisted aicha@example.org"}, "", Outcome.LATER, "451"),
        ({"mail": "421 busy"}, "", Outcome.LATER, "421"),
        ({"data": "554 no"}, "", Outcome.REFUSED, "554"),
        ({"content": "452 full"}, "", Outcome.LATER, "452"),
        ({"content": "554 spam"}, "", Outcome.REFUSED, "554"),
        ({}, "rcpt", Outcome.LATER, "SMTPServerDisconnected"),
        ({}, "content", Outcome.UNSURE, "SMTPServerDisconnected"),
    ],
)
def test_every_failure_says_whether_it_may_be_tried_again(
    answers: dict[str, str], vanish: str, outcome: Outcome, why: str, tmp_path: Path
) -> None:
    with mail_server(answers=answers, vanish_after=vanish) as server:
        assert hand_over(server.url, tmp_path) == Handed(outcome, why)


def test_a_server_that_is_not_there_or_says_nothing_is_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server() as server:
        address = server.url
    assert hand_over(address, tmp_path).outcome is Outcome.LATER
    monkeypatch.setattr("wmcrm.mail.delivery.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = hand_over(f"smtp://localhost:{silent.getsockname()[1]}", tmp_path)
    assert told == Handed(Outcome.LATER, "timeout")


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_passwords_go_over_tls_only(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = certificate(tmp_path)
    with mail_server(context=context, wrapped=scheme == "smtps") as server:
        url = f"{scheme}://me:p%40ss@localhost:{server.port}"
        assert hand_over(url, tmp_path).outcome is Outcome.LATER  # nobody vouches for this certificate
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert hand_over(url, tmp_path).outcome is Outcome.SENT
    assert len(server.signed_in) == 1


def certificate(folder: Path) -> ssl.SSLContext:
    """A certificate of localhost that signs itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "both.pem").write_bytes(private + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "http://x",
        "smtp://",
        "smtp://host:notaport",
        "smtp://host/path",
        "smtp://me:secret@mail.example.org",
    ],
)
def test_an_address_of_a_server_that_cannot_be_used_is_one_line_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as refusal, open_delivery(Settings(smtp_url=url)):
        pass
    assert "secret" not in str(refusal.value)


def test_without_a_server_messages_are_private_files_written_once(tmp_path: Path) -> None:
    assert hand_over("", tmp_path).outcome is Outcome.SENT
    assert hand_over("", tmp_path).outcome is Outcome.SENT
    (file,) = (tmp_path / "mail").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("m_1.eml", 0o600)
    assert (tmp_path / "mail").stat().st_mode & 0o777 == 0o700
    assert message_from_bytes(file.read_bytes(), policy=default)["To"] == "aicha@example.org"


def test_nothing_prints_an_address() -> None:
    assert "aicha" not in repr(DRAFT)
