"""What a package needs that brings a demonstration: see docs/example-plugin."""

from gui.kit.theme import Theme
from gui.stage.demos.demo import Demo

__all__ = ["Demo", "Theme"]
