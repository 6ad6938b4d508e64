"""Projects: data, settings, runs and their pasts in one file, from which work goes on to the bit.

Also the set-up as a short text.
"""
