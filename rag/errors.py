"""What can go wrong, each with its remedy.

Shells catch :class:`RagError` only, print it as one line on standard error and exit with 1. A message
says what happened and what to do about it; it never needs a traceback to be understood.
"""


class RagError(Exception):
    """A failure the user can act on. ``str(error)`` is one line: what happened, then what to do."""


class SettingsError(RagError):
    """A setting is unknown, malformed or out of bounds."""


class ModelError(RagError):
    """A model file is missing, damaged or cannot be loaded."""


class ModelUnavailable(RagError):
    """The language-model server does not answer (down, slow, wrong address, closed meanwhile)."""


class CorpusError(RagError):
    """The corpus folder is missing, empty or cannot be read."""


class UnreadableFile(RagError):
    """One file of the corpus cannot be read; the others go on."""


class LibraryError(RagError):
    """The index is missing, locked by another writer, damaged, or was made by other models."""


class OutdatedIndex(LibraryError):
    """The index was made by other rules of this program, with the same models: making it anew loses nothing."""


class QuestionError(RagError):
    """The question itself cannot be taken (empty, too long)."""
