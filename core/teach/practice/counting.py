"""Exercises about classes and counts: accuracy, one vs rest, tf–idf."""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator

from core.language import tr, tr_n
from core.number_format import format_count, format_percent
from core.teach.practice.exercise import Exercise, Field, Mistake
from core.teach.practice.numbers import (
    factor,
    from_,
    halves,
    product,
    rounded,
    several,
    short,
    vector,
)

CLASSES = ("A", "B", "C")
WORDS = ("loss", "layer", "cell", "river", "chorus", "goal")


def accuracy(rng: Generator) -> Exercise:
    """A confusion matrix, whose accuracy is asked for."""
    counts = rng.integers(0, 5, (3, 3)) + np.diag(rng.integers(6, 15, 3))
    counts[2, 2] += (20 - counts.sum() % 20) % 20  # a round number of examples
    n, right = int(counts.sum()), int(np.trace(counts))
    rows = [
        f"- {name}: {', '.join(_taken(count, CLASSES[k]) for k, count in enumerate(row))}"
        for name, row in zip(CLASSES, counts.tolist(), strict=True)
    ]
    recall = float(np.mean(np.diag(counts) / counts.sum(axis=1)))
    first = counts[0, 0] / counts[0].sum()
    return Exercise(
        "accuracy",
        tr("Accuracy from a confusion matrix"),
        tr("The examples of each class were taken for these:\n\n")
        + "\n".join(rows)
        + tr("\n\nWhat is the accuracy?"),
        (Field(tr("accuracy"), right / n),),
        tr(
            "Right are {value} = {right} of {n} examples: {right} / {n} = {rounded}, or {value2}.",
            value=" + ".join(str(counts[k, k]) for k in range(3)),
            right=right,
            n=n,
            rounded=rounded(right / n),
            value2=format_percent(right / n),
        ),
        (
            Mistake((1 - right / n,), tr("That is the share of mistakes: take 1 minus it.")),
            Mistake((float(right),), tr("That is their number: divide by all {n} examples.", n=n)),
            Mistake(
                (recall,), tr("That is the mean of the classes' shares: count all examples alike.")
            ),
            Mistake((float(first),), tr("That is the share of A alone: count all classes.")),
            Mistake((100 * right / n,), tr("Write it with %, or as a number from 0 to 1.")),
        ),
    )


def one_vs_rest(rng: Generator) -> Exercise:
    """Three neurons and an example, whose class is asked for."""
    x = several(rng, (-2, -1, 1, 2), 2)
    W = [several(rng, halves(-1.5, 1.5), 2) for _ in CLASSES]
    b = [from_(rng, halves(-2, 2)) for _ in CLASSES]
    sums = [sum(p * q for p, q in zip(w, x, strict=True)) for w in W]
    z = [total + bias for total, bias in zip(sums, b, strict=True)]
    if len({*z}) < 3:
        return one_vs_rest(rng)  # a tie has no answer
    best = CLASSES[z.index(max(z))]
    given = [
        f"- {name}: w = {vector(w)}, b = {short(bias)}"
        for name, w, bias in zip(CLASSES, W, b, strict=True)
    ]
    ways = [
        f"- {tr('z of {name}', name=name)} = {product(x, w)} + {factor(bias)} = {short(value)}"
        for name, w, bias, value in zip(CLASSES, W, b, z, strict=True)
    ]
    mistakes = []
    for values, words in (
        (sums, tr("That is the largest w·x: the biases were forgotten.")),
        ([-value for value in z], tr("That is the smallest logit: the surest neuron decides.")),
    ):
        name = CLASSES[values.index(max(values))]
        if name != best:
            mistakes.append(Mistake((name,), words))
    return Exercise(
        "one-vs-rest",
        tr("One vs rest"),
        tr("Three neurons, each for one class against the rest:\n\n")
        + "\n".join(given)
        + tr("\n\nWhich class is decided for x = {x}?", x=vector(x)),
        (Field(tr("class"), best, choices=CLASSES),),
        "\n".join(ways)
        + tr("\n\nThe largest logit has the largest σ(z): {best} is decided.", best=best),
        tuple(mistakes),
    )


def tfidf(rng: Generator) -> Exercise:
    """Counts of a word, whose weight is asked for, before the text is brought to length 1."""
    word = WORDS[int(rng.integers(len(WORDS)))]
    n = int(from_(rng, (4, 9, 19, 49, 99)))
    df = int(rng.integers(1, max(n // 2, 2)))
    tf = int(rng.integers(1, 5))
    ratio = (1 + n) / (1 + df)
    idf = math.log(ratio) + 1
    return Exercise(
        "tf-idf",
        tr("tf–idf of a word"),
        tr(
            "Of {n} texts, {texts} the word “{word}”. A text has it {times}. "
            "What is its weight tf · idf there, with idf = ln((1 + n) / (1 + df)) + 1, "
            "before the text is brought to length 1?",
            n=n,
            texts=tr_n("{n} has", "{n} have", df),
            word=word,
            times=format_count(tf, "time"),
        ),
        (Field(tr("weight"), tf * idf),),
        f"idf = ln({1 + n} / {1 + df}) + 1 = {rounded(math.log(ratio))} + 1 = {rounded(idf)}.\n\n"
        f"tf · idf = {tf} · {rounded(idf)} = {rounded(tf * idf)}.",
        (
            Mistake(
                (tf * (math.log10(ratio) + 1),), tr("You took the logarithm to base 10; take ln.")
            ),
            Mistake((tf * math.log(ratio),), tr("The + 1 after the logarithm was forgotten.")),
            Mistake(
                (tf * (math.log(n / df) + 1),), tr("You took n / df: 1 is added to each of them.")
            ),
            Mistake((idf,), tr("That is idf: multiply by how often the text has the word.")),
            Mistake(
                (tf * (1 - math.log(ratio)),),
                tr("The fraction is upside down: rare words count more."),
            ),
        ),
    )


def _taken(count: int, name: str) -> str:
    return tr("{count} as {name}", count=count, name=name)
