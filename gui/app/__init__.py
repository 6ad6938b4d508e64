"""The program around the window: options, display, QApplication, signals, screenshots."""
