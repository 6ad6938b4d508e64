"""The main window: tabs, bars, menus, messages, and the one place where views are made."""
