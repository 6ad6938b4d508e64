"""How documents become features, in words."""

from __future__ import annotations

from core.config import BagOptions
from core.language import mark, tr, tr_n
from core.number_format import format_integer

WEIGHTINGS = {
    "counts": mark("how often each is in the document"),
    "presence": mark("1 if it is in the document, else 0"),
    "tfidf": mark("tf–idf at length 1"),
}


def describe(options: BagOptions) -> str:
    """Return what the numbers are and which words have one."""
    parts = [tr(WEIGHTINGS[options.weighting])]
    parts.append(tr("upper and lower case kept") if options.keep_case else tr("in lower case"))
    if options.stop_words:
        parts.append(tr("without the most common words of English"))
    if options.bigrams:
        parts.append(tr("with pairs of neighbouring words"))
    parts.append(
        tr_n(
            "in {n} training document or more",
            "in {n} training documents or more",
            options.min_documents,
        )
    )
    most = format_integer(options.max_words)
    return tr("{parts}; at most {most}", parts=", ".join(parts), most=most)
