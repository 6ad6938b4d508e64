"""A run goes home: as a script, a notebook, a network file, tables, and a card of the model.

Everything is a function of an `ExportedRun`, which a trainer or a stored run can supply.
"""
