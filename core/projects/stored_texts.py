"""The texts of documents as arrays, which take no more than their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.data.text.documents import Documents
from core.errors import DataError
from core.language import tr


@dataclass(frozen=True, eq=False)
class StoredTexts:
    """n texts one after the other.

    utf8 : their bytes. ends : (n,) where each ends among these.
    """

    utf8: NDArray[np.uint8]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, documents: Documents) -> Self:
        pieces = [text.encode() for text in documents.texts]
        ends = np.cumsum([len(piece) for piece in pieces], dtype=np.int64)
        return cls(np.frombuffer(b"".join(pieces), dtype=np.uint8), ends)

    def documents(self) -> Documents:
        """Return the texts; raise DataError where they cannot be."""
        ends, data = self.ends, self.utf8.tobytes()
        starts = np.append(np.zeros(1, np.int64), ends)[:-1]
        if ends.ndim != 1 or self.utf8.ndim != 1 or (starts > ends).any():
            raise DataError(tr("its texts do not end where they should."))
        if (ends[-1] if len(ends) else 0) != len(data):
            raise DataError(tr("its texts do not end where they should."))
        try:
            pairs = zip(starts.tolist(), ends.tolist(), strict=True)
            return Documents(tuple(data[start:end].decode() for start, end in pairs))
        except UnicodeDecodeError:
            raise DataError(tr("its texts hold bytes that are no UTF-8.")) from None
