"""How documents become features, in words."""

from __future__ import annotations

from core.config import BagOptions

WEIGHTINGS = {
    "counts": "how often each is in the document",
    "presence": "1 if it is in the document, else 0",
    "tfidf": "tf–idf at length 1",
}


def describe(options: BagOptions) -> str:
    """Return what the numbers are and which words have one."""
    parts = [WEIGHTINGS[options.weighting]]
    parts.append("upper and lower case kept" if options.keep_case else "in lower case")
    if options.stop_words:
        parts.append("without the most common words of English")
    if options.bigrams:
        parts.append("with pairs of neighbouring words")
    least = options.min_documents
    parts.append(f"in {least:,} training document{'s' if least > 1 else ''} or more")
    return f"{', '.join(parts)}; at most {options.max_words:,}"
