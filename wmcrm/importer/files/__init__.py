"""Files of records: affiliates, events, people, roles, participations, consents, known again by their ids."""

from wmcrm.importer.files.importing import FILE_KINDS, FileOptions, import_file, import_read_file
from wmcrm.importer.files.issues import Issue
from wmcrm.importer.files.report import FileReport

__all__ = ["FILE_KINDS", "FileOptions", "FileReport", "Issue", "import_file", "import_read_file"]
