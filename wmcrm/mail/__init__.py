"""Mail: one message made safely, and handed to a mail server or, in development, to a folder."""

from wmcrm.mail.delivery import Delivery, Handed, Outcome, open_delivery
from wmcrm.mail.message import Draft, compose

__all__ = ["Delivery", "Draft", "Handed", "Outcome", "compose", "open_delivery"]
