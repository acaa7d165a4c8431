"""What staff fill in about an affiliate."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms.validators import URL, InputRequired, Length, Optional

from admin_app.forms.fields import Choice, Day, OfficialList, Text, countries, regions
from admin_app.forms.form import Form
from wmcrm.models import AffiliateType


class AffiliateForm(Form):
    """What an affiliate is; former names and statuses are dated facts of their own."""

    name = Text(lazy_gettext("Name"), [InputRequired(), Length(max=300)], render_kw={"dir": "auto"})
    code = Text(
        lazy_gettext("Code"), [Length(max=60)], description=lazy_gettext("Short and unique, as commands use it.")
    )
    alias = Text(
        lazy_gettext("Alias before others"),
        [Length(max=200)],
        description=lazy_gettext(
            "Where the real name can put people at risk: everybody but its own people and stewards reads the alias."
        ),
        render_kw={"dir": "auto"},
    )
    affiliate_type = Choice(lazy_gettext("Type"), kind=AffiliateType)
    country = OfficialList(lazy_gettext("Country"), codes=countries)
    region = OfficialList(lazy_gettext("Region"), codes=regions)
    founded_on = Day(lazy_gettext("Founded on"))
    website = Text(lazy_gettext("Website"), [Optional(), URL(), Length(max=400)], render_kw={"dir": "ltr"})
