"""Which column of a table is taken for the label, and what is said of it."""

import pytest

from core.data.csv import label


@pytest.fixture
def chosen(read):
    """Return chosen(text): the choice of the label, with names in place of indices."""

    def chosen(text):
        table = read(text)
        choice = label.choose(table)
        return table.names[choice.column], tuple(table.names[j] for j in choice.rivals), choice

    return chosen


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("x,y,tree", "tree"),  # y is a coordinate
        ("X,Y,group", "group"),
        ("lat,lon,tree", "tree"),
        ("x1,y,tree", "tree"),  # another column is words
    ],
)
def test_a_coordinate_is_no_label_beside_words(chosen, blobs, text_of, header, wanted):
    assert chosen(text_of(blobs, header))[0] == wanted


@pytest.mark.parametrize("scale", [1, 10])
def test_words_in_front_are_the_label_of_whole_coordinates(chosen, blobs, text_of, scale):
    rows = [(word, int(scale * float(a)), int(scale * float(b))) for a, b, word in blobs]
    assert chosen(text_of(rows, "habitat,x,y"))[0] == "habitat"


@pytest.mark.parametrize("header", ["x,z,y", "x1,x2,y", "a,b,y"])
def test_y_is_the_label_where_nothing_else_can_be(chosen, blobs, text_of, header):
    rows = [(a, b, int(word == "ash")) for a, b, word in blobs]
    assert chosen(text_of(rows, header))[0] == "y"


def test_whole_classes_beside_coordinates_are_the_label(chosen, blobs, text_of):
    rows = [(int(float(a)), int(float(b)), len(word) + ord(word[0])) for a, b, word in blobs]
    assert chosen(text_of(rows, "x,y,part"))[0] == "part"


@pytest.mark.parametrize(
    "name",
    ["Survived", "Outcome", "diagnosis", "admit", "Churn", "quality", "Response", "loan_status"],
)
def test_a_name_that_is_mostly_a_labels_goes_before_the_last_column(chosen, blobs, text_of, name):
    rows = [(int(word == "ash"), a, b, "pq"[k % 2]) for k, (a, b, word) in enumerate(blobs)]
    found, rivals, choice = chosen(text_of(rows, f"{name},a,b,port"))
    assert (found, choice.why) == (name, "by its name")
    assert rivals == ("port",)


def test_of_two_names_the_more_telling_one_wins_and_the_other_is_said(chosen, blobs, text_of):
    rows = [(int(word == "ash"), a, word) for a, _, word in blobs]
    found, rivals, _ = chosen(text_of(rows, "target,a,species"))
    assert (found, rivals) == ("target", ("species",))


def test_other_columns_of_few_words_are_no_rivals_of_a_column_called_label(chosen, blobs, text_of):
    rows = [("pq"[k % 2], a, word) for k, (a, _, word) in enumerate(blobs)]
    assert chosen(text_of(rows, "port,a,label"))[1] == ()


@pytest.mark.parametrize(
    "numbers",
    [
        [18590 + 973 * k for k in range(60)],  # each another one
        [1000 * (k % 60) for k in range(1200)],  # a few of each, far apart
        [k % 45 for k in range(400)],  # many, and few of each
    ],
)
def test_many_whole_numbers_look_like_a_quantity(chosen, text_of, numbers):
    rows = [(f"{k * 37 % 101}.5", number) for k, number in enumerate(numbers)]
    found, _, choice = chosen(text_of(rows, "length,target"))
    assert found == "target"
    assert "“target” looks like a quantity, not a class" in choice.trouble


@pytest.mark.parametrize(
    "numbers",
    [
        [k % 10 for k in range(60)],  # digits
        [k % 47 for k in range(4700)],  # characters
        [3 + k % 6 for k in range(40)],  # marks of a wine
        [100 * (k % 8) for k in range(80)],  # codes
    ],
)
def test_frequent_whole_numbers_are_classes(chosen, text_of, numbers):
    rows = [(f"{k * 37 % 101}.5", number) for k, number in enumerate(numbers)]
    assert chosen(text_of(rows, "length,target"))[2].trouble == ""


def test_a_quantity_is_passed_over_where_no_name_makes_it_the_label(chosen, blobs, text_of):
    rows = [(a, word, 1000 + 13 * k) for k, (a, _, word) in enumerate(blobs)]
    assert chosen(text_of(rows, "length,tree,price"))[0] == "tree"


# Pictures ---------------------------------------------------------------------------------------


def pixels(rng, count, most, n=40):
    X = rng.integers(0, most + 1, (n, count))
    X[:, 0] = X[:, -1] = 0
    return X.tolist()


@pytest.mark.parametrize(("count", "most"), [(784, 255), (64, 16)])
@pytest.mark.parametrize("is_first", [True, False])
def test_row_numbers_and_file_names_beside_pixels_are_no_label(
    chosen, rng, text_of, count, most, is_first
):
    names = [f"p{j}" for j in range(count)]
    rows = [
        [k, f"img{k}.png", k % 10, *x] if is_first else [k, f"img{k}.png", *x, k % 10]
        for k, x in enumerate(pixels(rng, count, most))
    ]
    header = ["", "file", *(["digit", *names] if is_first else [*names, "digit"])]
    assert chosen(text_of(rows, ",".join(header)))[0] == "digit"


def test_a_corner_that_is_not_always_empty_is_a_pixel_all_the_same(chosen, rng, text_of):
    rows = [[k % 10, *x[:-1], k % 4 // 3] for k, x in enumerate(pixels(rng, 64, 16))]
    assert chosen(text_of(rows))[0] == "column 1"


def test_words_beside_pixels_are_the_label(chosen, rng, text_of):
    rows = [[*x, ("shirt", "shoe")[k % 2]] for k, x in enumerate(pixels(rng, 64, 16))]
    assert chosen(text_of(rows))[0] == "column 65"


@pytest.mark.parametrize(("count", "most"), [(784, 255), (64, 16)])
@pytest.mark.parametrize("is_numbered", [True, False])
def test_pixels_alone_have_no_label(chosen, rng, text_of, count, most, is_numbered):
    rows = [[k, *x] if is_numbered else x for k, x in enumerate(pixels(rng, count, most))]
    assert "there is no label column" in chosen(text_of(rows))[2].trouble
