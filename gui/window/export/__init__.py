"""Exports of what is seen: views as pictures, runs as animations, reports."""
