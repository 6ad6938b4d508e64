"""The main window: tabs, bars, menus, messages, and the creation of all views."""
