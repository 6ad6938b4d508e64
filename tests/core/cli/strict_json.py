import json


def strict(text):
    """Read JSON that holds no NaN or Infinity, which JSON does not have."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)
