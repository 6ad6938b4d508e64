"""State shared by several views: the selected example, kept runs.

Also the scheduling of work: background threads, and throttling of numbers.
"""
