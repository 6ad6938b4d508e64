"""The bytes of a file of a model, taken apart and put together."""

import json
import struct

from core.runs import model_file


def assembled(about, tensors):
    """The bytes of a file with this text and these tensors, (dtype, shape, bytes) each."""
    header, place = {"__metadata__": {model_file.ENTRY: about}}, 0
    for name, (kind, shape, data) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [place, place + len(data)]}
        place += len(data)
    text = json.dumps(header).encode()
    data = b"".join(data for *_, data in tensors.values())
    return struct.pack("<Q", len(text)) + text + data


def parts(valid):
    """What `assembled` takes, of a valid file."""
    from safetensors import deserialize

    length = struct.unpack("<Q", valid[:8])[0]
    about = json.loads(json.loads(valid[8 : 8 + length])["__metadata__"][model_file.ENTRY])
    tensors = {k: (v["dtype"], v["shape"], bytes(v["data"])) for k, v in deserialize(valid)}
    return about, tensors
