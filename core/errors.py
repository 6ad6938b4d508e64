"""Errors with messages for the user.

LogitLabError
├── ConfigError    a setting is outside its valid range
├── DataError      a data set or a file is missing, damaged or unsuitable
│   ├── DoubtfulLabelError    its label column is probably not meant
│   └── PictureError   a file is no picture, or none that can be read
├── Cancelled      cancelled by the user; not reported as an error
├── DeviceError    the chosen device is missing or failed
├── PeerError      another process of the run has ended or does not answer
└── SaveError      a file could not be written

Each message states where the problem is, what was found, what was expected and what to do; it is
shown unchanged.
"""


class LogitLabError(Exception):
    """Base class of all errors that Logit Lab raises on purpose."""


class ConfigError(LogitLabError):
    """A setting is outside its valid range."""


class DataError(LogitLabError):
    """A data set or a file is missing, damaged or unsuitable."""


class DoubtfulLabelError(DataError):
    """A table's label column is probably not meant.

    others : columns that could be the label. can_accept : whether each of its values can be taken
    for a class all the same.
    """

    def __init__(
        self, message: str, others: tuple[str, ...] = (), *, can_accept: bool = False
    ) -> None:
        super().__init__(message)
        self.others, self.can_accept = others, can_accept


class PictureError(DataError):
    """A file is no picture, or none that can be read.

    why : in short, and the same for all files of the kind.
    """

    def __init__(self, message: str, why: str = "") -> None:
        super().__init__(message)
        self.why = why


class Cancelled(LogitLabError):  # noqa: N818 - not an error: the user asked for it
    """Cancelled by the user; not reported as an error."""


class DeviceError(LogitLabError):
    """The chosen device is missing or failed."""


class PeerError(LogitLabError):
    """Another process of the run has ended or does not answer."""


class SaveError(LogitLabError):
    """A file could not be written."""
