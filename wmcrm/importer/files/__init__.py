"""Files of records: affiliates, events, people, roles, participations, consents, known again by their ids."""

from wmcrm.importer.files.consents import UNRECORDED
from wmcrm.importer.files.importing import FILE_KINDS, FileOptions, import_file, import_read_file

__all__ = ["FILE_KINDS", "UNRECORDED", "FileOptions", "import_file", "import_read_file"]
