"""Pictures of digits: convert pen strokes into pictures like those a model was trained on."""
