"""What several views share: the example that is followed, kept runs.

Also when work is done: on the background thread, or not too often.
"""
