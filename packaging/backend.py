"""The build backend: setuptools, with editable installs that name folders in one path file.

Setuptools' own editable wheel maps packages by a finder that runs at import, which type checkers
and editors do not follow; they do follow the folders of a path file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from setuptools.build_meta import (
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

EDITABLE = "LOGITLAB_EDITABLE"  # tells setup.py what kind of wheel is built

get_requires_for_build_editable = get_requires_for_build_wheel
prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_editable(
    wheel_directory: str,
    config_settings: Mapping[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build a wheel that holds the path file alone, and return its name."""
    os.environ[EDITABLE] = "1"
    try:
        name: str = build_wheel(wheel_directory, config_settings, metadata_directory)
        return name
    finally:
        del os.environ[EDITABLE]
