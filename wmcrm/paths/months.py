"""Calendar months, as the path model counts them."""

from wmcrm.months import add_months

__all__ = ["add_months"]
