"""The set-up column and its dialogs: data, model and training as a person chooses them."""
