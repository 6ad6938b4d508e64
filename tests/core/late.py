"""A fake asynchronous device: computes at once on the CPU, but delivers results late."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from core.train import device


class Recording(TorchDispatchMode):
    """Records operations, to replay them as a CUDA graph does.

    A replay uses the same tensors and the same memory, whatever the program's names now refer to.
    """

    def __init__(self):
        super().__init__()
        self._calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        assert "_local_scalar_dense" not in str(func), "a graph cannot wait for a number"
        result = func(*args, **(kwargs or {}))
        self._calls.append((func, args, kwargs or {}, result))
        return result

    def replay(self):
        for func, args, kwargs, before in self._calls:
            result = func(*args, **kwargs)
            if isinstance(result, torch.Tensor) and result.data_ptr() != before.data_ptr():
                before.copy_(result)


class LateSignal:
    """A signal that is given after `device.queries` queries, or when it is waited for."""

    def __init__(self, device):
        self._device = device
        self._queries_left = device.queries
        self._deliveries = device.to_deliver
        device.to_deliver = []

    def query(self):
        if self._device.is_lost:
            raise torch.AcceleratorError("CUDA error: the device is lost")
        self._queries_left -= 1
        if self._queries_left < 0:
            self._deliver()
        return self._queries_left < 0

    def synchronize(self):
        if self._device.is_lost:
            raise torch.AcceleratorError("CUDA error: the device is lost")
        self._device.waits += self._queries_left >= 0
        self._queries_left = -1
        self._deliver()

    def _deliver(self):
        for deliver in self._deliveries:
            deliver()
        self._deliveries = []


class LateDevice:
    """A device whose copies hold NaN until their signal is given.

    queries : number of queries of a signal that fail before it is given.
    """

    place = torch.device("cpu", 0)

    def __init__(self, queries=3, can_capture=True):
        self.queries, self.can_capture = queries, can_capture
        self.is_lost = False
        self.tried = self.captured = self.replayed = self.signals = self.waits = 0
        self.to_deliver = []

    def signal(self):
        self.signals += 1
        return LateSignal(self)

    def fetch(self, values):
        there, now = torch.full_like(values, torch.nan), values.clone()
        self.to_deliver.append(lambda: there.copy_(now))
        return there

    def capture(self, work):
        self.tried += 1
        with Recording() as recording:
            work()
        if not self.can_capture:
            return None
        self.captured += 1

        def replay():
            self.replayed += 1
            recording.replay()

        return replay

    def install(self, monkeypatch):
        """Make this the device named “cuda”."""
        places = {"cpu": torch.device("cpu"), "cuda": self.place}
        queues = {places["cpu"]: None, places["cuda"]: self}
        monkeypatch.setattr(device, "devices", lambda: tuple(places))
        monkeypatch.setattr(device, "find_device", places.__getitem__)
        monkeypatch.setattr(device, "queue_of", queues.__getitem__)
        return self
