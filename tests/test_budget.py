"""Parts of the code stay small enough to read at once; those that are larger may only shrink."""

import ast

import pytest

from tests import budget


@pytest.fixture(scope="module")
def now():
    return budget.measured()


@pytest.mark.parametrize("what", budget.LIMITS)
def test_nothing_grows_over_its_limit(now, what):
    allowed = budget.listed().get(what, {})
    grown = {
        name: f"{size}, allowed {allowed.get(name, budget.LIMITS[what])}"
        for name, size in now[what].items()
        if size > allowed.get(name, 0)
    }
    assert not grown


@pytest.mark.parametrize("what", budget.LIMITS)
def test_the_list_names_only_what_is_too_large(now, what):
    done = set(budget.listed().get(what, {})) - set(now[what])
    assert not done, "smaller now, or gone: python -m tests.budget takes them off the list"


def test_the_list_only_shrinks():
    limit = "lines of a module"
    before = {limit: {"a.py": 500, "b.py": 500, "c.py": 450}}
    now = {limit: {"a.py": 600, "b.py": 410, "new.py": 700}}
    assert budget.tightened(before, now) == {limit: {"a.py": 500, "b.py": 410}}


def test_members_of_others_are_counted_those_of_oneself_not():
    text = "self._a.b\ncls._b\nobj._c\nself.view._d()\nobj.__dict__\nobj.public\n_name\n"
    assert budget.private_uses(ast.parse(text)) == 2


@pytest.mark.parametrize(
    ("code", "names_one"),
    [
        ('if kind == "softmax": pass', True),
        ('WORDS = {"perceptron": 1}', True),
        ('def f(kind: Literal["ovo", "ovr"]): pass', True),
        ('"""softmax is shift-invariant"""', False),
        ("FAMILY[kind].is_pairwise", False),
    ],
)
def test_a_kind_of_model_is_found_wherever_it_is_named(code, names_one):
    assert budget.names_a_kind(ast.parse(code)) == names_one
