"""Processes of their own that benchmarks measure, or that take part in what is measured."""
