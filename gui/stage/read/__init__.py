"""A text is read by the model: its answer on every key, and what each word adds."""
