"""What can go wrong, told for the person at the screen.

LogitLabError
├── ConfigError    a setting is outside what it may be
├── DataError      a data set or a file is missing, damaged or of no use for what is asked
├── Cancelled      the person called it off; nothing to complain about
├── DeviceError    the chosen device is absent or failed
└── SaveError      a file could not be written

Each message says where, what was found, what was expected and what to do; it is shown as it is.
"""


class LogitLabError(Exception):
    """The root: catching it catches all that Logit Lab raises on purpose."""


class ConfigError(LogitLabError):
    """A setting is outside what it may be."""


class DataError(LogitLabError):
    """A data set or a file is missing, damaged or of no use for what is asked."""


class Cancelled(LogitLabError):  # noqa: N818 - no error: it is what was asked for
    """The person called it off; nothing to complain about."""


class DeviceError(LogitLabError):
    """The chosen device is absent or failed."""


class SaveError(LogitLabError):
    """A file could not be written."""
