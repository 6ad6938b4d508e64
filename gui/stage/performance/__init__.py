"""Steps a second, where the time goes, and devices against each other."""
