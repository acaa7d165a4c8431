"""Two transactions at one moment: the second begins while the first has written and not yet committed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sqlalchemy.engine import Engine

from wmcrm.db import OPERATOR, Session, open_session


def meanwhile(engine: Engine, first: Callable[[Session], object], other: Callable[[], object]) -> None:
    """Do both, and see that both end."""
    with open_session(engine, OPERATOR, writing=True) as session:
        first(session)
        thread = threading.Thread(target=other)
        thread.start()
        time.sleep(0.3)
        session.commit()
    thread.join(10)
    assert not thread.is_alive()
