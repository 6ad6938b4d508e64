"""Documents as features: words of texts, a vocabulary, and the bag of words, kept sparse."""
