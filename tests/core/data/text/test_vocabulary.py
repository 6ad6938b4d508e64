"""Bags of words against scikit-learn's, with the same words of each text."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from core.config import BagOptions, DataConfig
from core.data.sources import load
from core.data.text.documents import Documents
from core.data.text.vocabulary import Vocabulary
from core.data.text.words import STOP_WORDS, words_of
from core.errors import DataError

OPTIONS = [
    BagOptions(),
    BagOptions(weighting="tfidf"),
    BagOptions(weighting="presence", bigrams=True, max_words=20_000),
    BagOptions(weighting="tfidf", bigrams=True, stop_words=True, keep_case=True, min_documents=1),
]
every_option = pytest.mark.parametrize("options", OPTIONS, ids=str)


@pytest.fixture(scope="module")
def documents():
    found = load(DataConfig(source="genres")).documents
    assert found is not None
    return found


@pytest.fixture(scope="module")
def trained(documents):
    """Every row but each fifth."""
    return np.flatnonzero(np.arange(len(documents)) % 5)


def terms_by(options):
    """Return how scikit-learn shall divide a text, for these options."""

    def terms(text):
        words = [
            word
            for word in words_of(text, keep_case=options.keep_case)
            if not (options.stop_words and word.lower() in STOP_WORDS)
        ]
        return words + [" ".join(pair) for pair in pairwise(words)] * options.bigrams

    return terms


def fitted(documents, rows, options):
    return Vocabulary.fit(documents.word_lists(keep_case=options.keep_case)[rows], options)


@every_option
def test_numbers_are_scikit_learns(documents, trained, options):
    vocabulary = fitted(documents, trained, options)
    theirs = TfidfVectorizer if options.weighting == "tfidf" else CountVectorizer
    vectoriser = theirs(
        analyzer=terms_by(options),
        vocabulary=vocabulary.words,
        binary=options.weighting == "presence",
        lowercase=False,
        dtype=np.float64,
    )
    vectoriser.fit([documents.texts[i] for i in trained])
    expected = vectoriser.transform(documents.texts)
    found = vocabulary.features(documents)
    assert found.shape == expected.shape and abs(found - expected).max() < 1e-6


@every_option
def test_the_words_are_those_of_enough_training_documents(documents, trained, options):
    texts = [documents.texts[i] for i in trained]
    theirs = CountVectorizer(analyzer=terms_by(options), min_df=options.min_documents).fit(texts)
    ours = fitted(documents, trained, options).words
    expected = theirs.get_feature_names_out().tolist()
    if len(expected) <= options.max_words:
        assert list(ours) == expected
    else:
        assert len(ours) == options.max_words and set(ours) < set(expected)


def test_of_too_many_words_the_most_frequent_are_kept(documents, trained):
    words = fitted(documents, trained, BagOptions(max_words=50)).words
    theirs = CountVectorizer(analyzer=terms_by(BagOptions()))
    counts = theirs.fit_transform([documents.texts[i] for i in trained]).sum(axis=0)
    count = dict(zip(theirs.get_feature_names_out(), np.asarray(counts).ravel(), strict=True))
    least = min(count[word] for word in words)
    assert all(count[word] <= least for word in count.keys() - set(words))


@every_option
def test_words_found_in_a_text_are_those_counted(documents, trained, options):
    vocabulary = fitted(documents, trained, options)
    text = documents.texts[7]
    row = vocabulary.features(Documents((text,)))
    assert sorted({found.feature for found in vocabulary.found(text)}) == sorted(row.indices)


def test_rows_of_known_lists_are_those_of_the_texts(documents):
    rows = np.array([5, 0, 5, 31])
    whole = documents.word_lists()
    some = documents[rows].word_lists()
    for row, start, end in zip(rows, some.starts, some.starts[1:], strict=False):
        words = [whole.words[i] for i in some.numbers[start:end]]
        assert words == words_of(documents.texts[row])


def test_without_a_word_in_enough_documents_it_says_so():
    lists = Documents(("one two", "three four")).word_lists()
    with pytest.raises(DataError, match="at least 2 training documents"):
        Vocabulary.fit(lists, BagOptions())


def test_a_text_without_a_known_word_is_zero():
    lists = Documents(("one two", "one three")).word_lists()
    vocabulary = Vocabulary.fit(lists, BagOptions(weighting="tfidf"))
    assert vocabulary.features(Documents(("", "elsewhere"))).nnz == 0
