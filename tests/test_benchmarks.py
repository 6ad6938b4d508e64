from __future__ import annotations

import json
import os
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import live
from benchmarks.children import headless
from benchmarks.timing import Conditions, MeasurementError, Result, SkipError, Target
from core.config import DataConfig

NAMES = """
    mnist_epoch_vs_gemm mnist_full_batch_vs_gemm
    mnist_epoch_vs_dataloader iris_steps_vs_bare_torch first_paint_vs_bare
    mnist_load_vs_gunzip csv_open_vs_pandas csv_memory_vs_numbers
    live_vs_headless_mnist live_vs_headless_iris event_loop_p50_ms event_loop_p99_ms
    event_loop_max_ms action_longest_ms fps age_p99_ms close_max_s memory_growth_mb
    objects_per_10k_frames history_mb mnist_live_extra_mb
    cuda_mnist_epoch_ms cuda_mnist_epoch_live_ms
    documents_epoch_vs_scipy documents_full_vs_scipy documents_memory_vs_csr
    documents_loop_p99_ms documents_loop_max_ms
    classroom_fps classroom_loop_p99_ms
    shares_wide_updates shares_wide_exchange shares_narrow_exchange_ms
    streamed_anonymous_mb streamed_steps_vs_memory streamed_first_steps_vs_memory
    streamed_cold_steps_vs_memory
    real_pens_softmax real_pens_hidden project_open_s save_longest_pause_ms
    iris_vs_logistic_regression iris_vs_sgd_classifier iris_vs_scipy_lbfgs iris_vs_torch_loop
    digits_vs_logistic_regression digits_vs_sgd_classifier digits_vs_scipy_lbfgs
    digits_vs_torch_loop mnist_vs_logistic_regression mnist_vs_sgd_classifier
    mnist_vs_scipy_lbfgs mnist_vs_torch_loop
""".split()


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Return a function that runs fake benchmarks and returns exit code, table and JSON."""

    def run(found, *words):
        monkeypatch.setattr(benchmarks, "find", lambda: found)
        path = tmp_path / "figures.json"
        code = benchmarks.main([*words, "--json", str(path)])
        return code, capsys.readouterr().out, json.loads(path.read_text(encoding="utf-8"))

    return run


def fake(measure=None, **figures):
    """Return a fake benchmark; figures : name → (target, result)."""
    targets = {name: target for name, (target, _) in figures.items()}
    results = {name: result for name, (_, result) in figures.items()}
    return SimpleNamespace(FIGURES=targets, measure=measure or (lambda _: results))


def fails_with(error):
    def measure(_):
        raise error

    return measure


FASTER = Target("at most", 1.5, "a tortoise")
SMOOTH = Target("at least", 58, "a cinema", is_ratio=False)
FAR = Target("at least", 0.8, "a hare", reached=0.2)
PROMPT = Target("at most", 10, "a window at rest", is_ratio=False)


@pytest.mark.parametrize(("words", "code"), [(["--short"], 0), ([], 1)])
def test_a_short_run_that_misses_is_run_again(run, words, code):
    values = iter([9.0, 9.0, 1.0])
    benchmark = fake(lambda _: {"a": Result(next(values), 1.0, "s")}, a=(FASTER, None))
    assert run([benchmark], *words)[0] == code


def test_what_misses_each_time_is_missed(run):
    benchmark = fake(a=(FASTER, Result(9.0, 1.0, "s")))
    assert run([benchmark], "--short")[0] == 1


def test_every_figure_is_declared_once():
    declared = [name for benchmark in benchmarks.find() for name in benchmark.FIGURES]
    assert sorted(declared) == sorted(NAMES)


def test_the_table_has_a_figure_beside_its_target_and_its_named_reference(run):
    code, table, _ = run([fake(speed=(FASTER, Result(3, 2.5, "s")))])
    (row,) = [line for line in table.splitlines() if line.startswith("speed")]
    assert row.split() == [
        "speed",
        "1.2",
        "at",
        "most",
        "1.5",
        "met",
        *"3 s 2.5 s a tortoise".split(),
    ]
    assert code == 0


def test_the_file_maps_names_to_plain_numbers_and_keeps_the_details_apart(run):
    found = [fake(speed=(FASTER, Result(3, 2.5, "s")), fps=(SMOOTH, Result(60, 62.5, "/s")))]
    _, _, figures = run(found)
    details = figures.pop("details")
    assert figures == {"speed": 1.2, "fps": 60}
    assert details["fps"] == {
        "value": 60,
        "reference": 62.5,
        "unit": "/s",
        "reference_name": "a cinema",
        "target": "at least 58",
        "verdict": "met",
        "met": True,
    }


def test_a_missed_target_is_told_by_the_exit_code(run):
    code, table, _ = run([fake(speed=(FASTER, Result(4, 2, "s")))])
    assert code == 1 and "MISSED" in table


def test_what_a_machine_lacks_is_no_failure(run):
    skipping = fake(fails_with(SkipError("no wings")), speed=(FASTER, None))
    code, table, figures = run([skipping])
    assert code == 0 and "no wings" in table
    assert figures["speed"] is None and figures["details"]["speed"]["met"] is None


def test_a_measurement_that_fails_fails_the_run_and_not_the_others(run):
    broken = fake(fails_with(MeasurementError("it fell over")), speed=(FASTER, None))
    code, table, figures = run([broken, fake(fps=(SMOOTH, Result(60, 60, "/s")))])
    assert code == 1 and "it fell over" in table
    assert figures["speed"] is None and figures["fps"] == 60


def test_only_the_benchmark_of_a_wanted_figure_runs(run):
    unwanted = fake(fails_with(AssertionError("unwanted")), speed=(FASTER, None))
    several = fake(fps=(SMOOTH, Result(60, 60, "/s")), age=(PROMPT, Result(9, 16, "ms")))
    code, table, figures = run([unwanted, several], "--only", "fps")
    assert code == 0 and "age" not in table
    assert set(figures) == {"fps", "details"}


def test_an_unknown_figure_is_refused(run):
    with pytest.raises(SystemExit):
        run([fake(speed=(FASTER, Result(3, 2.5, "s")))], "--only", "sped")


@pytest.mark.parametrize(
    ("target", "value", "unit", "short", "full"),
    [
        (FASTER, 1.4, "s", "met", "met"),
        (FASTER, 2.9, "s", "within 2×", "MISSED"),
        (FASTER, 3.1, "s", "MISSED", "MISSED"),
        (SMOOTH, 30, "/s", "within 2×", "MISSED"),
        (SMOOTH, 28, "/s", "MISSED", "MISSED"),
        (PROMPT, 1000, "ms", "not judged", "MISSED"),
        (PROMPT, float("nan"), "MB", "MISSED", "MISSED"),
        (FAR, 0.11, "/s", "as before", "MISSED"),
        (FAR, 0.09, "/s", "MISSED", "MISSED"),
        (FAR, 0.8, "/s", "met", "met"),
    ],
)
def test_a_short_run_fails_only_where_a_ratio_is_grossly_wrong(target, value, unit, short, full):
    result = Result(value, 1, unit)
    assert (target.verdict(result, is_short=True), target.verdict(result)) == (short, full)


def test_a_short_run_is_told_to_be_short(run):
    seen = []

    def measure(conditions):
        seen.append(conditions.choose(7, 1))
        return {"fps": Result(60, 60, "/s")}

    run([fake(measure, fps=(SMOOTH, None))], "--short")
    run([fake(measure, fps=(SMOOTH, None))])
    assert seen == [1, 7]


def test_a_plan_survives_the_way_into_another_process():
    config = live.mnist(DataConfig("mnist", folder="somewhere", features=("1", "2")))
    plan = live.Plan("close", config, seconds=0.25, close_at="painted")
    assert live.Plan.from_json(plan.to_json()) == plan


def test_the_window_is_watched_while_it_trains():
    conditions = Conditions(os.environ)
    plan = live.Plan("watch", live.iris(), is_probed=True, warm_up=0.1, seconds=0.3)
    found = live.with_window(plan, conditions).found
    assert {"p50_ms", "p99_ms", "max_ms", "age_p99_ms", "rss_mb", "ticks_per_second"} <= set(found)
    assert found["frames_per_second"] > 0 and found["steps_per_second"] > 0


def test_a_child_that_fails_is_told_of():
    nowhere = live.mnist(DataConfig("mnist", folder="nowhere"))
    with pytest.raises(MeasurementError, match="nowhere"):
        live.with_window(live.Plan("watch", nowhere), Conditions(os.environ))


def test_the_reference_trains_without_a_window():
    plan = live.Plan("train", live.iris(), first_step=10, warm_up=0, seconds=0.05)
    assert headless.train(plan)["steps_per_second"] > 0


def test_a_long_run_is_recorded_in_bounded_memory():
    assert 0 < headless.record(live.Plan("record", count=2_000))["history_mb"] < 20
