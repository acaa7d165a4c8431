"""What administrators fill in about accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms.validators import DataRequired, Length

from admin_app.forms.fields import Choice, Text
from admin_app.forms.form import Form
from wmcrm.models import PermissionRole


class GrantForm(Form):
    """A role, and where it holds."""

    role = Choice(lazy_gettext("Role"), kind=PermissionRole, optional=False, validators=[DataRequired()])
    affiliate = Text(
        lazy_gettext("Affiliate"),
        [Length(max=300)],
        description=lazy_gettext("Its code, whole name or id. Empty: for all affiliates."),
        render_kw={"dir": "auto"},
    )

    def affiliate_key(self) -> str | None:
        """What was typed as the affiliate, or None for all."""
        typed: str = (self.affiliate.data or "").strip()
        return typed or None


class WikiForm(Form):
    """The wiki account that may sign in as an account."""

    wiki_username = Text(
        lazy_gettext("Wiki username"),
        [Length(max=300)],
        description=lazy_gettext("Who has this account on the wikis may sign in with it, where that is set up."),
        render_kw={"dir": "auto"},
    )


class InviteForm(GrantForm, WikiForm):
    """A new account."""

    name = Text(lazy_gettext("Name of the account"), [DataRequired(), Length(max=100)], render_kw={"dir": "auto"})
    email = Text(
        lazy_gettext("Send the link to this address"),
        [Length(max=320)],
        description=lazy_gettext("Empty: the next page shows the link, and you hand it over. The address is not kept."),
        render_kw={"type": "email", "dir": "ltr", "autocomplete": "off"},
    )
