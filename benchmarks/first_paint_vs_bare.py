"""Time from the start of Python to the first painted window, against a bare QMainWindow.

Both import PySide6, pyqtgraph and NumPy; neither may have imported PyTorch by the first paint.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import Conditions, MeasurementError, Result, Target, race

FIGURES = {"first_paint_vs_bare": Target("at most", 1.5, "a bare QMainWindow")}
ROOT = Path(__file__).parent.parent

END = """
import sys
def painted():
    assert "torch" not in sys.modules
    sys.stdout.write("painted"); sys.stdout.flush()
    import os
    os._exit(0)
"""
OURS = (
    END
    + """
from gui.app.launch import make_application
application = make_application()
from gui.window.main_window import MainWindow
window = MainWindow(None, "light")
window.painted.connect(painted)
window.show()
application.exec()
"""
)
BARE = (
    END
    + """
import numpy, pyqtgraph
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        painted()
application = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
application.exec()
"""
)


def measure(conditions: Conditions) -> dict[str, Result]:
    # Later starts find bytecode; it is cached in a separate folder, not in the source tree.
    with tempfile.TemporaryDirectory() as folder:
        bytecode = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        environment = {**conditions.environment, **bytecode}

        def start(program: str) -> None:
            command = [sys.executable, "-c", program]
            done = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
            )
            if done.stdout != "painted":
                raise MeasurementError(done.stderr.strip()[-500:])

        seconds = race(lambda: start(OURS), lambda: start(BARE), conditions.choose(7, 2))
    milliseconds = Result(seconds.value * 1000, seconds.reference * 1000, "ms")
    return {"first_paint_vs_bare": milliseconds}
