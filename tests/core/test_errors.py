"""The exception tree."""

import inspect

import pytest

from core import errors

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", KINDS)
def test_catching_the_root_catches_every_kind(kind):
    with pytest.raises(errors.LogitLabError, match=r"^words for the user$"):
        raise kind("words for the user")


def test_the_tree_in_the_docstring_names_every_kind():
    assert errors.__doc__
    assert all(kind.__name__ in errors.__doc__ for kind in KINDS)
