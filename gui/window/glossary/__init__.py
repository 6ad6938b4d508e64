"""The glossary in the window: what a widget is about, and the pages that say what it means."""
