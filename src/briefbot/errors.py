"""Every error that a user can meet, each with the exit code of the process it ends.

::

    BriefbotError              70  the unexpected
    ├── UsageFault              2  a wrong question to the program: no such document, a bad date
    ├── SettingsError          78  a setting that cannot be used
    ├── CorpusError             4  nothing is published: the corpus is missing, empty or has shrunk, or a gate refused
    ├── OutOfReach              4  nothing is published: no threshold makes answers as precise as was asked for
    ├── UnreadableFile          3  one file cannot be read; the build goes on without it
    ├── IndexFault             5  the index cannot be used
    │   ├── NoIndex             5  none has been built yet
    │   ├── DamagedIndex        5  bytes are not what was written
    │   └── ForeignIndex        5  another format, another model, or not briefbot's
    ├── ModelError              5  the embedding model cannot be used
    ├── MissingPackages         5  this machine can answer, and not build or evaluate
    ├── Busy                    6  another build holds the lock
    ├── Overloaded              6  more questions wait than can be answered soon
    └── DiskError              74  the disk is full, or may not be written

The text of an error is one sentence for the user that says what to do. `UnreadableFile` is the only one that is
caught on the way: the build collects them. An edge turns the others into words and an exit code.
"""

from __future__ import annotations


class BriefbotError(Exception):
    """Something that the user should read as one sentence."""

    exit_code = 70


class UsageFault(BriefbotError):
    """The program was asked for something that does not exist or cannot be understood."""

    exit_code = 2


class SettingsError(BriefbotError):
    """A flag, environment variable or line of briefbot.toml cannot be used."""

    exit_code = 78


class CorpusError(BriefbotError):
    """The corpus is missing, empty, has lost more than may go unnoticed, or answers worse: nothing is published."""

    exit_code = 4


class OutOfReach(BriefbotError):
    """No threshold of confidence makes answers as precise as was asked for: nothing is published."""

    exit_code = 4


class UnreadableFile(BriefbotError):
    """One file cannot be read. The text is the reason alone; whoever reports it adds the file's name."""

    exit_code = 3


class IndexFault(BriefbotError):
    """The index cannot be used."""

    exit_code = 5


class NoIndex(IndexFault):
    """No generation has been published in this folder."""


class DamagedIndex(IndexFault):
    """A file of the index does not hold the bytes that were written."""


class ForeignIndex(IndexFault):
    """The index was made by another format or with another model, or is not an index of briefbot's."""


class ModelError(BriefbotError):
    """The embedding model is missing, incomplete, or not of a kind that is loaded."""

    exit_code = 5


class MissingPackages(BriefbotError):
    """Packages that a build or an evaluation needs are not installed: this machine was set up to answer alone."""

    exit_code = 5


class Busy(BriefbotError):
    """Another process is changing the index."""

    exit_code = 6


class Overloaded(BriefbotError):
    """More questions wait than can be answered soon; the asker should try again in a moment."""

    exit_code = 6


class DiskError(BriefbotError):
    """The file system refused to write."""

    exit_code = 74


def error_of(exit_code: int, sentence: str) -> BriefbotError:
    """Return the error of another briefbot process that ended with this exit code and sentence."""
    kinds = (UsageFault, CorpusError, IndexFault, Busy, DiskError, SettingsError)
    kind = next((kind for kind in kinds if kind.exit_code == exit_code), BriefbotError)
    return kind(sentence)
