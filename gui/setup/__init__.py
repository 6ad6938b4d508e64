"""The set-up column and its dialogs: the user's choice of data, model and training."""
