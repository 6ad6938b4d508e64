"""Documents become features: the bag of words of a data set of texts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.config import BagOptions
from core.data.dataset import Dataset
from core.data.text.vocabulary import Vocabulary


def in_words(dataset: Dataset, rows: NDArray[np.int64], options: BagOptions) -> Dataset:
    """Return a data set of texts with its bag of words; the vocabulary is that of `rows`.

    Raises DataError if no word is in enough of them.
    """
    documents = dataset.documents
    assert documents is not None
    vocabulary = Vocabulary.fit(documents.word_lists(keep_case=options.keep_case)[rows], options)
    return replace(
        dataset,
        feature_names=vocabulary.words,
        indicators=(),
        vocabulary=vocabulary,
        bag=vocabulary.features(documents),
    )
