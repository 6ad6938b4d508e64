"""Pictures of digits: pen strokes made into a picture like those that a model was trained on."""
