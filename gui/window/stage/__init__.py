"""The stage: tabs above the one big picture."""
