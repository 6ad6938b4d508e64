"""Records of trainers, as the window creates them from snapshots."""

from core.runs.run_record import Record
from core.train.snapshot import Status


def record_of(trainer, colour=0):
    if trainer.metrics.step != trainer.step_count:
        trainer.measure()
    return Record(
        name=f"run {colour}",
        colour=colour,
        task=trainer.task,
        config=trainer.task.config,
        settings=trainer.settings,
        curves=trainer.history.curves(),
        params=trainer.params(),
        metrics=trainer.metrics,
        step=trainer.step_count,
        epoch=trainer.epoch,
        status=trainer.outcome or Status.PAUSED,
    )
