"""The program around the window: options, the display, QApplication, signals, pictures of it."""
