"""What F6 gives the focus to in a part without views."""

from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from gui.window.panes import Panes


def test_the_left_one_of_those_that_stand_beside_the_uppermost_has_the_focus(qtbot):
    part = QWidget()
    qtbot.addWidget(part)
    places = {"lower": (0, 60), "right": (120, 0), "left": (0, 18)}  # a choice, and Next
    buttons = {name: QPushButton(name, part) for name in places}
    for name, place in places.items():
        buttons[name].setGeometry(*place, 80, 24)
    part.show()
    part.activateWindow()
    qtbot.waitUntil(part.isActiveWindow)
    Panes([part]).go(+1)
    assert QApplication.focusWidget() is buttons["left"]
