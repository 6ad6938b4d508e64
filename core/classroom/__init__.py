"""A class takes part: phones on the same network send digits, points and answers to the window."""
