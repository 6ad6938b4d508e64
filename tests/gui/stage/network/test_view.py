"""The model as a network at work, checked against softmax regression written out in NumPy."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from core.config import DataConfig, ModelConfig, RunConfig
from core.data import sources
from core.data.task import prepare
from core.explain import probe
from core.model_family import pairs
from core.train.snapshot import Params, Status
from gui.kit import theme as look
from gui.kit.labels import Readout
from gui.stage.network.parts import Strand
from gui.stage.network.sketch import NOTHING, Mark
from gui.stage.network.view import NetworkView
from gui.state.selected_example import Chosen, Example


def number(text):
    return float(text.replace("−", "-").replace(" ", ""))


def numbers(text):
    return [number(found) for found in re.findall(r"[+−]? ?\d+\.\d+", text)]


def a_task(source="iris", features=("all",), path=None, degree=1, **model):
    data = DataConfig(source=source, features=features, path=path, degree=degree)
    return prepare(sources.load(data), RunConfig(data=data, model=ModelConfig(**model)))


def worked_out(task, params, example):
    """x, z, a and the loss of one example, in float64."""
    values = np.asarray(example.values, dtype=np.float64)
    x = (task.feature_map.apply(values[None])[0] - task.standardiser.mean) / task.standardiser.std
    z = params.W.astype(np.float64) @ x + params.b
    if len(z) == 1:
        yes = 1 / (1 + np.exp(-z[0]))
        a = np.array([1 - yes, yes])
    else:
        a = np.exp(z - z.max())
        a /= a.sum()
    return x, z, a, -np.log(a[example.label])


@pytest.fixture
def show(show_view, trained):
    """Return a function that shows the network of a task after some steps."""
    keep = []

    def show(task, steps=40, *, snapshot=None, size=(640, 560)):
        chosen = Chosen()
        chosen.receive_task(task)
        view = NetworkView(look.LIGHT, chosen)
        keep.append((view, chosen))
        show_view(view, *size)
        view.receive_task(task)
        view.receive_snapshot(snapshot or trained(task, steps))
        QApplication.processEvents()  # so that all is laid out
        return view

    return show


@pytest.fixture
def point_at(move):
    """Return a function that moves the pointer to a place of the sketch and reads the words."""

    def point_at(view, place):
        move(view.sketch, place.toPoint() if hasattr(place, "toPoint") else place)
        return pointed(view)

    return point_at


def pointed(view):
    """Return what is said of what is pointed at."""
    (readout,) = view.findChildren(Readout)
    return readout.text()


TASKS: dict[str, dict[str, Any]] = {
    "softmax": {},
    "binary": {"kind": "binary"},
    "products": {"features": ("petal length", "petal width"), "degree": 3},
}


@pytest.mark.parametrize("kind", TASKS)
def test_the_numbers_in_the_nodes_are_those_of_the_model(show, trained, kind):
    task = a_task(**TASKS[kind])
    snapshot = trained(task, 60)
    view = show(task, snapshot=snapshot)
    sketch = view.edges
    x, z, a, loss = worked_out(task, snapshot.params, view.chosen.example)
    assert [number(node.text) for node in sketch.inputs[:-1]] == pytest.approx(x, abs=0.0051)
    assert sketch.inputs[-1].text == "1"
    assert [number(node.text) for node in sketch.logits] == pytest.approx(z, abs=0.0051)
    assert [number(row.share.text()) for row in sketch.rows] == pytest.approx(a, abs=0.00051)
    assert numbers(sketch.loss.text())[-1] == pytest.approx(loss, abs=0.00051)


def test_the_bars_are_as_long_as_the_probabilities(show, trained):
    task = a_task()
    snapshot = trained(task, 10)
    view = show(task, snapshot=snapshot)
    *_, a, _ = worked_out(task, snapshot.params, view.chosen.example)
    rows = view.edges.rows
    assert [row.bar.rect().width() / row.track.rect().width() for row in rows] == pytest.approx(
        a, abs=1e-5
    )


def test_the_target_is_one_for_the_class_of_the_example_alone(show):
    task = a_task()
    view = show(task)
    for k in range(3):
        view.chosen.choose_row(int(np.flatnonzero(task.dataset.y == k)[0]))
        view.resize(600 + k, 500)  # puts everything elsewhere
        QApplication.processEvents()
        assert [row.target.text for row in view.edges.rows] == ["01"[c == k] for c in range(3)]
        own = [
            row.target.colour == look.LIGHT.class_colour(c).name()
            for c, row in enumerate(view.edges.rows)
        ]
        assert own == [c == k for c in range(3)]


def test_an_example_without_a_class_has_no_target_and_no_loss(show):
    task = a_task()
    view = show(task)
    view.chosen.choose(Example(task, task.dataset.values()[7], None, None, "made up"))
    assert {row.target.text for row in view.edges.rows} == {"–"}
    assert view.edges.loss.text() == ""


def test_edges_are_as_thick_as_their_weights_and_blue_where_positive(show, trained):
    task = a_task()
    params = trained(task, 60).params
    view = show(task, 60)
    table = np.column_stack([params.W, params.b])
    widths = np.array([[view.edges.edges[j, i].width for j in range(task.m + 1)] for i in range(3)])
    clear = np.abs(table) > 0.1 * view.edges.scale
    ratio = widths[clear] / np.abs(table[clear])
    assert ratio == pytest.approx(np.full_like(ratio, ratio[0]), rel=1e-5)
    order = np.argsort(np.abs(table), axis=None)
    assert (np.diff(widths.ravel()[order]) >= 0).all()
    for (j, i), edge in view.edges.edges.items():
        name = look.LIGHT.accent if table[i, j] > 0 else look.LIGHT.counter_accent
        assert edge.pen().color().name() == name.lower()


@pytest.mark.parametrize("kind", TASKS)
def test_the_pointer_reads_the_weight_the_input_and_their_product(show, trained, point_at, kind):
    task = a_task(**TASKS[kind])
    snapshot = trained(task, 60)
    view = show(task, snapshot=snapshot)
    x, *_ = worked_out(task, snapshot.params, view.chosen.example)
    read = set()
    for t in (0.1, 0.2, 0.8, 0.9):  # where edges are apart
        for edge in view.edges.edges.values():
            words = point_at(view, edge.line().pointAt(t))
            found = re.fullmatch(r"w\[(.+), (.+)\] = (\S+) · x = (\S+) → contributes (\S+)", words)
            if found is None:
                continue
            k = task.dataset.class_names.index(found[1]) if task.outputs > 1 else 0
            j = task.input_names.index(found[2])
            w = snapshot.params.W[k, j]
            assert number(found[3]) == pytest.approx(w, abs=0.0051)
            assert number(found[4]) == pytest.approx(x[j], abs=0.0051)
            assert number(found[5]) == pytest.approx(w * x[j], abs=0.0051)
            read.add((k, j))
    assert len(read) == task.outputs * task.m


def test_contributions_and_bias_add_up_to_the_logit_as_they_are_shown(show, trained, point_at):
    task = a_task()
    snapshot = trained(task, 60)
    view = show(task, snapshot=snapshot)
    x, z, *_ = worked_out(task, snapshot.params, view.chosen.example)
    for i, node in enumerate(view.edges.logits):
        *terms, total = numbers(point_at(view, node.rect.center()).split("] = ")[1])
        assert sum(terms) == pytest.approx(total, abs=1e-9)
        assert total == pytest.approx(z[i], abs=0.0051)
        exact = [*(snapshot.params.W[i] * x), snapshot.params.b[i]]
        assert terms == pytest.approx(exact, abs=0.0101)
        chips = [number(chip.text) for chip in view.edges.chips if chip.text]
        assert sum(chips) == pytest.approx(total, abs=1e-9)


def test_what_is_not_pointed_at_steps_back(show, point_at):
    view = show(a_task())
    point_at(view, view.edges.inputs[2].rect.center())
    faint = {key for key, edge in view.edges.edges.items() if edge.opacity() < 0.5}
    assert faint == {(j, i) for (j, i) in view.edges.edges if j != 2}
    point_at(view, QPoint(2, 2))
    assert all(edge.opacity() == 1 for edge in view.edges.edges.values())


def test_arrow_keys_walk_over_the_edges(qtbot, show):
    view = show(a_task())
    view.sketch.setFocus()
    for key, words in (
        (Qt.Key.Key_Down, "w[setosa, sepal length]"),
        (Qt.Key.Key_Down, "w[setosa, sepal width]"),
        (Qt.Key.Key_Right, "w[versicolor, sepal width]"),
        (Qt.Key.Key_Up, "w[versicolor, sepal length]"),
    ):
        qtbot.keyClick(view.sketch, key)
        assert pointed(view).startswith(words)
    qtbot.keyClick(view.sketch, Qt.Key.Key_Escape)
    assert pointed(view).startswith("Point at")


def test_the_network_follows_the_example_that_is_picked(show, trained, words):
    task = a_task()
    snapshot = trained(task, 40)
    view = show(task, snapshot=snapshot)
    row = int(task.test_rows[3])
    view.chosen.choose_row(row)
    _, z, *_ = worked_out(task, snapshot.params, view.chosen.example)
    assert [number(node.text) for node in view.edges.logits] == pytest.approx(z, abs=0.0051)
    assert f"test row {row + 1} · {task.dataset.class_names[task.dataset.y[row]]}" in words(view)


def test_while_training_the_last_numbers_are_shown_after_all(qtbot, show, trained):
    task = a_task()
    view = show(task, snapshot=replace(trained(task, 1), status=Status.TRAINING))
    last = replace(trained(task, 50), status=Status.TRAINING)
    for steps in (2, 3):
        view.receive_snapshot(replace(trained(task, steps), status=Status.TRAINING))
    view.receive_snapshot(last)
    _, z, *_ = worked_out(task, last.params, view.chosen.example)
    qtbot.waitUntil(
        lambda: [number(node.text) for node in view.edges.logits] == pytest.approx(z, abs=0.0051)
    )


def test_weights_that_are_not_finite_show_no_numbers(show, trained, words):
    task = a_task()
    snapshot = trained(task, 3)
    W = np.full_like(snapshot.params.W, np.nan)
    view = show(task, snapshot=replace(snapshot, params=Params(W, snapshot.params.b)))
    assert {node.text for node in view.edges.logits} == {"–"}
    assert "not finite" in words(view)


def test_zero_weights_say_so(show, words):
    view = show(a_task(), 0)
    assert "All weights are 0" in words(view)


# Many inputs ----------------------------------------------------------------------------------


def test_the_strands_of_an_image_are_its_positive_and_negative_evidence(show, trained, point_at):
    task = a_task("digits", None)
    snapshot = trained(task, 40)
    view = show(task, snapshot=snapshot)
    x, z, a, _ = worked_out(task, snapshot.params, view.chosen.example)
    evidence = snapshot.params.W * x
    sketch, strand_hair = view.bundles, Strand.THINNEST
    assert len(sketch.bundles) == 10
    for k, (bundle, node) in enumerate(zip(sketch.bundles, sketch.logits, strict=True)):
        terms = [number(term.text().removeprefix("b ")) for term in bundle.words]
        positive = evidence[k][evidence[k] > 0].sum()
        negative = evidence[k][evidence[k] < 0].sum()
        assert terms == pytest.approx([positive, negative, snapshot.params.b[k]], abs=0.0101)
        assert sum(terms) == pytest.approx(number(node.text), abs=1e-9)
        assert number(node.text) == pytest.approx(z[k], abs=0.0051)
        thick, thin = sorted((strand.width for strand in bundle.strands[:2]), reverse=True)
        if thin > strand_hair:
            big, small = sorted((positive, -negative), reverse=True)
            assert thick / thin == pytest.approx(big / small, rel=1e-4)
            assert (bundle.strands[0].width > bundle.strands[1].width) == (positive > -negative)
        said = point_at(view, node.rect.center())
        assert f"({(evidence[k] > 0).sum()} inputs speak for it)" in said
    assert [number(row.share.text()) for row in sketch.rows] == pytest.approx(a, abs=0.00051)


def test_many_inputs_are_said_to_be_summed_up(show, words):
    task = a_task("digits", None)
    assert "64 inputs, summed up in two strands per class" in words(show(task))


def test_the_pictures_of_an_image_are_the_input_and_the_weights(show, trained):
    task = a_task("digits", None)
    snapshot = trained(task, 40)
    view = show(task, snapshot=snapshot)
    image = view.bundles.block.pixmap().toImage()
    picture = view.chosen.example.values.reshape(8, 8)
    ink = np.array([[255 - image.pixelColor(j, i).lightness() for j in range(8)] for i in range(8)])
    assert np.corrcoef(ink.ravel(), picture.ravel())[0, 1] > 0.999
    for bundle, w in zip(view.bundles.bundles, snapshot.params.W.reshape(10, 8, 8), strict=True):
        image = bundle.weights.pixmap().toImage()
        for i in range(8):
            for j in range(8):
                colour = image.pixelColor(j, i)
                if abs(w[i, j]) > 0.1 * view.bundles.weight_scale:
                    assert (colour.blue() > colour.red()) == (w[i, j] > 0)


def test_of_many_classes_the_likeliest_are_drawn_and_the_examples_own(
    show, trained, words, tmp_path
):
    rng = np.random.default_rng(5)
    centres = 3 * rng.normal(size=(14, 3))
    lines = ["a,b,c,class"]
    for i in range(280):
        point = centres[i % 14] + rng.normal(size=3)
        lines.append(",".join(f"{v:.3f}" for v in point) + f",kind {i % 14:02}")
    path = tmp_path / "many.csv"
    path.write_text("\n".join(lines))
    task = a_task("csv", None, str(path))
    snapshot = trained(task, 60)
    view = show(task, snapshot=snapshot)
    *_, a, _ = worked_out(task, snapshot.params, view.chosen.example)
    drawn = [row.name.text() for row in view.edges.rows]
    assert len(drawn) == 10
    likeliest = [task.dataset.class_names[k] for k in np.argsort(-a)[:9]]
    assert set(likeliest) <= set(drawn)
    assert task.dataset.class_names[view.chosen.example.label] in drawn
    assert "Of 14 classes the 10 likeliest are drawn" in words(view)


def test_in_large_type_no_name_of_a_class_is_cut(show, type_of):
    type_of(20)
    task = a_task()
    rows = show(task, size=(1250, 330)).sketch.rows
    assert [row.name.text() for row in rows] == list(task.dataset.class_names)
    for row in rows:
        assert row.track.rect().width() >= 40  # beside it, its bar
        name = row.name.mapRectToScene(row.name.boundingRect())
        assert name.right() <= row.track.rect().left() + 1


@pytest.mark.usefixtures("face")
@pytest.mark.parametrize("source", ["iris", "digits"])
@pytest.mark.parametrize("size", [(410, 400), (480, 440), (640, 560), (1400, 900)])
def test_nothing_lies_outside_the_sketch_or_upon_another(show, source, size):
    view = show(a_task(source, None if source == "digits" else ("all",)), size=size)
    sketch = view.sketch
    nodes = [*sketch.logits, *(row.target for row in sketch.rows), *getattr(sketch, "inputs", [])]
    for node in nodes:
        assert sketch.rect().contains(node.rect.toAlignedRect()), node.text
    for i, node in enumerate(nodes):
        assert not any(node.rect.intersects(other.rect) for other in nodes[:i]), node.text


def test_a_class_that_is_pointed_at_may_leave_the_sketch(show, trained, tmp_path):
    lines = ["a,b,class"] + [f"{i % 12},{i // 12},kind {i % 12:02}" for i in range(120)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(lines))
    task = a_task("csv", None, str(path))
    view = show(task, 30)
    for row in task.train_rows[:12]:
        view.sketch.point(Mark(input=0, output=view.sketch.drawn.outputs[0]))
        view.sketch.point(Mark(output=view.sketch.drawn.outputs[-1]))
        view.chosen.choose_row(int(row))
        assert view.sketch.mark.output in (None, *view.sketch.drawn.outputs)


# Every model of the family --------------------------------------------------------------------


BOXES = {
    "perceptron": "step",
    "adaline": "z",
    "svm": "z",
    "mse": "σ",
    "binary": "σ",
    "softmax": "softmax",
    "ovr": "σ of each",
    "ovo": "σ, then votes",
}


@pytest.mark.parametrize("kind", BOXES)
def test_each_model_shows_its_activation_its_logits_and_its_loss(show, trained, kind):
    task = a_task(kind=kind)
    snapshot = trained(task, 60)
    view = show(task, snapshot=snapshot)
    sketch, row = view.edges, view.chosen.example.row
    assert sketch.activation.text() == BOXES[kind]
    z = probe.class_logits(task, snapshot.params, task.dataset.values([row]))[0].tolist()
    assert [number(node.text) for node in sketch.logits] == pytest.approx(z, abs=0.0051)
    loss = probe.row_answers(task, snapshot.params).loss[row]
    assert numbers(sketch.loss.text())[-1] == pytest.approx(float(loss), abs=0.00051)
    decided = int(probe.decided(task, snapshot.params, np.array([row]))[0])
    sizes = [row.bar.rect().width() for row in sketch.rows]
    assert sizes[decided] == max(sizes)


def test_targets_are_of_classes_for_one_against_the_rest_and_of_a_neuron_for_one(show):
    view = show(a_task(kind="ovr"))
    assert [row.target.text for row in view.edges.rows] == ["1", "0", "0"]
    task = a_task(kind="perceptron")
    view = show(task)
    for k in range(2):
        view.chosen.choose_row(int(np.flatnonzero(task.dataset.y == k)[0]))
        assert view.edges.rows[1].target.text == str(k)


def test_pairs_have_their_votes_counted_and_a_tick_at_the_true_class(show, trained, point_at):
    task = a_task(kind="ovo")
    snapshot = trained(task, 60)
    view = show(task, snapshot=snapshot)
    sketch = view.edges
    z = [number(node.text) for node in sketch.logits]
    votes = [0, 0, 0]
    for (i, j), logit in zip(pairs(3), z, strict=True):
        votes[j if logit > 0 else i] += 1
    assert [row.share.text() for row in sketch.rows] == [f"{n} of 2" for n in votes]
    assert [row.target.text for row in sketch.rows] == ["✓", "", ""]
    names = task.dataset.class_names
    words = point_at(view, sketch.logits[2].rect.center())
    voted = names[2 if z[2] > 0 else 1]
    assert words.endswith(f"→ a vote for {voted}; no target: the example is of neither")
    assert f"z[{names[1]}|{names[2]}]" in words
    words = point_at(view, sketch.logits[0].rect.center())
    assert words.endswith("target 0")


def test_of_many_pairs_those_with_the_class_are_drawn(show, words):
    task = a_task("digits", kind="ovo")
    view = show(task, 5)
    for label in (0, 7):
        view.chosen.choose_row(int(np.flatnonzero(task.dataset.y == label)[0]))
        QApplication.processEvents()
        shown = [pairs(10)[p] for p in view.bundles.drawn.outputs]
        assert len(shown) == 9 and all(label in pair for pair in shown)
        assert [name.text() for name in view.bundles.names] == [f"{i}|{j}" for i, j in shown]
    assert "Of 45 pairs 9" in words(view)


def test_without_a_bias_there_is_no_bias_unit(show):
    task = a_task(has_bias=False)
    sketch = show(task).edges
    assert len(sketch.inputs) == task.m and len(sketch.edges) == 3 * task.m


@pytest.mark.parametrize("kind", ["softmax", "binary", "ovo"])
def test_a_hidden_layer_stands_between_inputs_and_logits(show, trained, move, kind):
    task = a_task(hidden=10, activation="tanh", kind=kind)
    snapshot = trained(task, 40)
    view = show(task, snapshot=snapshot)
    sketch = view.layers
    assert view.sketch is sketch and sketch.isVisible()
    W, b, V, c = (array.astype(np.float64) for array in snapshot.params.arrays)
    values = np.asarray(view.chosen.example.values, dtype=np.float64)
    x = (values - task.standardiser.mean) / task.standardiser.std
    a = np.tanh(V @ x + c)
    assert [number(node.text) for node in sketch.inputs] == pytest.approx(x, abs=0.0051)
    strongest = sorted(np.argsort(-np.linalg.norm(W * a, axis=0))[:8])
    assert sketch.units == strongest
    assert [number(node.text) for node in sketch.nodes] == pytest.approx(a[strongest], abs=0.0051)
    assert [number(node.text) for node in sketch.logits] == pytest.approx(W @ a + b, abs=0.0051)
    for (j, k), edge in sketch.edges.items():
        part = abs(W[sketch.drawn.outputs[k], sketch.units[j]] * a[sketch.units[j]])
        thickest = max(one.width for one in sketch.edges.values())
        largest = np.abs((W * a)[:, strongest]).max()
        assert edge.width == pytest.approx(
            max(thickest * part / largest, Strand.THINNEST), rel=0.01
        )
    move(sketch, sketch.nodes[2].rect.center().toPoint())
    unit = sketch.units[2]
    assert sketch.mark == Mark(unit=unit)
    z = V[unit] @ x + c[unit]
    said = numbers(pointed(view))
    assert said[:3] == pytest.approx([z, a[unit], W[0, unit] * a[unit]], abs=0.0051)
    lit = {key for key, edge in sketch.edges.items() if edge.opacity() == 1}
    assert lit == {(2, k) for k in range(len(W))}
    sketch.point(Mark(output=0))
    *terms, logit = numbers(pointed(view))
    assert sum(terms) == pytest.approx(logit, abs=0.06)


def test_many_inputs_lead_to_a_unit_in_two_strands(show, trained):
    task = a_task("digits", hidden=12)
    snapshot = trained(task, 10)
    view = show(task, snapshot=snapshot)
    sketch = view.layers
    hidden = snapshot.params.hidden
    products = hidden.V[sketch.units[3]] * sketch.signals.answer.x
    up, down = sketch.parts_into(sketch.units[3])
    assert up == pytest.approx(products[products > 0].sum(), rel=1e-5)
    assert down == pytest.approx(products[products < 0].sum(), rel=1e-5)
    assert len(sketch.into) == 2 * 8
    sketch.point(Mark(output=4))
    assert "(others)" in pointed(view) and "(bias)" in pointed(view)


def test_a_term_of_a_formula_lights_its_part_of_the_network(show):
    view = show(prepare(sources.load(DataConfig()), RunConfig()))
    for key, mark in (
        (("x", 1), Mark(input=1)),
        (("W", 2, 1), Mark(1, 2)),
        (("a", 0), Mark(output=0)),
        (("z", 7), NOTHING),  # of no output that is drawn
        (None, NOTHING),
    ):
        view.light(key)
        assert view.sketch.mark == mark
