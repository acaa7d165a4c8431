"""Flask-Admin's model view and form converter, made importable.

Flask-Admin 2.2.1 cannot import its own SQLAlchemy part unless Flask-SQLAlchemy is installed: one of its
modules asks another for the name ``T_SESSION``, which exists only then. The name serves annotations alone,
so it is given here before the rest is imported. With a Flask-Admin that has the name, this does nothing.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec, module_from_spec

from sqlalchemy.orm import Session

_PACKAGE = "flask_admin.contrib.sqla"


def _import_package() -> None:
    spec = find_spec(_PACKAGE)
    assert spec is not None and spec.loader is not None
    if _PACKAGE in sys.modules:
        return
    package = sys.modules[_PACKAGE] = module_from_spec(spec)
    types = importlib.import_module(f"{_PACKAGE}._types")
    if not hasattr(types, "T_SESSION"):
        types.T_SESSION = Session  # type: ignore[attr-defined]
    spec.loader.exec_module(package)


_import_package()

from flask_admin.contrib.sqla import ModelView  # noqa: E402
from flask_admin.contrib.sqla.form import AdminModelConverter  # noqa: E402

__all__ = ["AdminModelConverter", "ModelView"]
