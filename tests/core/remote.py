"""A fake device whose memory the host cannot access, like that of a GPU.

It computes on the CPU but rejects what CUDA would reject: operations that mix tensors of host and
device, and operations that CUDA lacks. It counts how often the host waits for numbers.
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tests.core.late import LateDevice

PLACE = torch.device("meta")  # a build without CUDA cannot create tensors on “cuda”

_READ = "aten::_local_scalar_dense"
_COPIES = ("aten::copy_", "aten::_to_copy")
_LSTSQ = "aten::linalg_lstsq"


def _leaves(value):
    """Yield what is in tuples, lists and dicts of tuples and so on."""
    if isinstance(value, tuple | list):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    else:
        yield value


def _mapped(kind, change, value):
    """Return the value with all that is of a kind in its tuples, lists and dicts changed."""
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, tuple | list):
        return type(value)([_mapped(kind, change, each) for each in value])
    if isinstance(value, dict):
        return {name: _mapped(kind, change, each) for name, each in value.items()}
    return value


def _tensors(kind, args, kwargs):
    return [value for value in _leaves((args, kwargs)) if isinstance(value, kind)]


class Remote(torch.Tensor):
    """A tensor on the device `there`; `held` is the CPU tensor with its values."""

    @staticmethod
    def __new__(cls, held, device):
        place = {"dtype": held.dtype, "device": PLACE, "storage_offset": held.storage_offset()}
        return cls._make_wrapper_subclass(cls, held.shape, strides=held.stride(), **place)

    def __init__(self, held, device):
        self.held, self.there = held, device

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):  # type: ignore[override]
        return _tensors(Remote, args, kwargs)[0].there.do(func, args, kwargs or {})


class RemoteDevice(LateDevice, TorchDispatchMode):
    """A context manager that creates the tensors requested on PLACE on this device."""

    place = PLACE

    def __init__(self, queries=3):
        LateDevice.__init__(self, queries, can_capture=False)
        TorchDispatchMode.__init__(self)
        self.reads = 0  # how often the host waited for numbers

    def install(self, monkeypatch):
        monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor: tensor)
        return super().install(monkeypatch)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return self.do(func, args, kwargs or {})

    def do(self, func, args, kwargs):
        tensors = _tensors(torch.Tensor, args, kwargs)
        is_there = [isinstance(tensor, Remote) for tensor in tensors]
        is_for_there = any(is_there)
        if is_for_there and self.is_lost:
            raise torch.AcceleratorError("CUDA error: the device is lost")
        if func.name() in _COPIES:
            goes_there = kwargs.get("device", args[0].device) == PLACE
            self.reads += is_for_there and not goes_there
            is_for_there = goes_there
        else:
            is_mixed = any(
                not there and tensor.ndim for there, tensor in zip(is_there, tensors, strict=True)
            )
            assert not (is_for_there and is_mixed), f"{func} on tensors of both sides"
            self.reads += is_for_there and func.name() == _READ
            is_for_there |= kwargs.get("device") == PLACE
        if is_for_there and func.name() == _LSTSQ:
            assert kwargs.get("driver") in (None, "gels"), "CUDA has no other driver"
        if kwargs.get("device") == PLACE:
            kwargs = {**kwargs, "device": torch.device("cpu")}
        args, kwargs = _mapped(Remote, lambda tensor: tensor.held, (args, kwargs))
        result = func(*args, **kwargs)
        if not is_for_there:
            return result
        return _mapped(torch.Tensor, lambda held: Remote(held, self), result)

    def fetch(self, values):
        assert isinstance(values, Remote)
        return super().fetch(values.held)

    def capture(self, work):
        self.tried += 1
        reads = self.reads
        work()
        assert self.reads == reads, "a graph cannot wait for a number"
