"""The optimisers of PyTorch, by the names of ours: the oracle of each rule."""

from torch import optim

# From parameters or groups of them, η and μ.
THEIRS = {
    "sgd": lambda p, eta, mu: optim.SGD(p, lr=eta),
    "momentum": lambda p, eta, mu: optim.SGD(p, lr=eta, momentum=mu),
    "nesterov": lambda p, eta, mu: optim.SGD(p, lr=eta, momentum=mu, nesterov=True),
    "rmsprop": lambda p, eta, mu: optim.RMSprop(p, lr=eta),
    "adam": lambda p, eta, mu: optim.Adam(p, lr=eta),
    "adamw": lambda p, eta, mu: optim.AdamW(p, lr=eta),
}
