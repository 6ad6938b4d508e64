"""What several views share: the example that is followed, kept runs, the trajectory of the weights.

Also when work is done: on the background thread, or not too often.
"""
