"""Training by several processes that torchrun has started: who speaks, what they agree on."""
