"""An epoch of MNIST at batch size 256, against the usual DataLoader, nn.Linear, autograd loop."""

from __future__ import annotations

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.timing import Conditions, Result, Target, mnist_epochs, race

FIGURES = {
    "mnist_epoch_vs_dataloader": Target("at most", 0.25, "DataLoader, nn.Linear, autograd, SGD")
}
BATCH = 256


def measure(conditions: Conditions) -> dict[str, Result]:
    task, epoch = mnist_epochs(conditions, BATCH)
    X = torch.from_numpy(task.dataset.values(task.train_rows))
    y = torch.from_numpy(task.dataset.y[task.train_rows])
    loader = DataLoader(TensorDataset(X, y), batch_size=BATCH, shuffle=True)
    layer = torch.nn.Linear(X.shape[1], 10)
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.1)

    def usual_epoch() -> None:
        for rows, labels in loader:
            loss = functional.cross_entropy(layer(rows), labels)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()

    return {"mnist_epoch_vs_dataloader": race(epoch, usual_epoch, conditions.choose(4, 1))}
