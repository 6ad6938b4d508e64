"""The names of the settings as users read them."""

from __future__ import annotations

from core.language import mark, tr

WORDS = {
    "kind": mark("model"),
    "features": mark("features"),
    "test_fraction": mark("test fraction"),
    "split_seed": mark("split seed"),
    "standardise": mark("standardise"),
    "degree": mark("degree"),
    "sine": mark("sine"),
    "deskew": mark("deskew"),
    "copies": mark("copies"),
    "pens": mark("pens"),
    "validation_fraction": mark("validation fraction"),
    "std": mark("std"),
    "weighting": mark("weighting"),
    "keep_case": mark("keep case"),
    "stop_words": mark("stop words"),
    "bigrams": mark("bigrams"),
    "min_documents": mark("min documents"),
    "max_words": mark("max words"),
    "init": mark("init"),
    "has_bias": mark("has bias"),
    "hidden": mark("hidden"),
    "activation": mark("activation"),
    "smoothing": mark("smoothing"),
    "learning_rate": mark("learning rate"),
    "batch_size": mark("batch size"),
    "weight_decay": mark("weight decay"),
    "epochs": mark("epochs"),
    "tolerance": mark("tolerance"),
    "seed": mark("seed"),
    "optimiser": mark("optimiser"),
    "momentum": mark("momentum"),
    "schedule": mark("schedule"),
    "l1": mark("l1"),
    "patience": mark("patience"),
    "class_weight": mark("class weight"),
    "shares": mark("shares"),
}


def setting_words(name: str) -> str:
    """Return the words for a setting, by its name in the config."""
    return tr(WORDS[name])
