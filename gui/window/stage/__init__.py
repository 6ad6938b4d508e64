"""The stage: tabs above the main view, or above two views side by side."""
