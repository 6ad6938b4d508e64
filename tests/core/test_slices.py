"""Work in slices, done at once."""

from core.slices import finish


def test_the_value_is_what_the_slices_come_to():
    done = []

    def work():
        for k in range(3):
            done.append(k)
            yield
        return "all"

    assert finish(work()) == "all" and done == [0, 1, 2]
