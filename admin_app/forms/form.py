"""The base of all forms: what a field refuses is said in the language of the page."""

from __future__ import annotations

from flask_babel import get_translations, lazy_gettext
from flask_wtf import FlaskForm

# What WTForms says of the fields that are here: keys of translations. Its own Arabic lacks most of it.
SAID = (
    lazy_gettext("This field is required."),
    lazy_gettext("Field cannot be longer than %(max)d characters."),
    lazy_gettext("Number must be between %(min)s and %(max)s."),
    lazy_gettext("Not a valid choice."),
    lazy_gettext("'%(value)s' is not a valid choice for this field."),
    lazy_gettext("'%(value)s' are not valid choices for this field."),
    lazy_gettext("Not a valid integer value."),
    lazy_gettext("Invalid URL."),
)


class Wording:
    """The sentences of WTForms, from the catalogues of the screens; what stands for values stays in them."""

    def gettext(self, sentence: str) -> str:
        """A sentence in the language of the page."""
        return str(get_translations().ugettext(sentence))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The sentence for a number; its translations fit every number."""
        return self.gettext(one if number == 1 else many)


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose refusals are in the catalogues."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How WTForms finds its sentences."""

        def get_translations(self, form: object) -> Wording:
            """The catalogues of the screens."""
            return Wording()
