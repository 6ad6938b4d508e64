"""The window in which a class takes part: its address as a QR code, and what it sends."""
