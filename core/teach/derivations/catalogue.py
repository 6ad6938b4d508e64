"""All derivations, in the order of a lecture."""

from __future__ import annotations

from core.teach.derivations import backward, batch, neuron, rules, softmax

DERIVATIONS = (
    neuron.SLOPE,
    neuron.LOGIT,
    neuron.LIKELIHOOD,
    neuron.GRADIENT,
    rules.SQUARED_ERROR,
    rules.THREE_RULES,
    softmax.OWN_SLOPE,
    softmax.OTHER_SLOPE,
    softmax.JACOBIAN,
    softmax.WEIGHT,
    softmax.TWO_CLASSES,
    batch.BATCH,
    backward.BACKPROPAGATION,
)
BY_KEY = {each.key: each for each in DERIVATIONS}
