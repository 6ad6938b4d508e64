"""The gradient of a batch as code, which is shown as it stands here and run.

Each function returns ∂L/∂W, (h, m), of the mean loss. X : (n, m) inputs. Y : (n, h) targets.
W : (h, m) weights. b : (h,) biases.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

Array: TypeAlias = Any  # of NumPy

# Lines are short because three of these functions are shown side by side.
# fmt: off


def softmax_loop(
    X: Array, Y: Array,
    W: Array, b: Array
) -> Array:
    n, m = X.shape
    h = len(W)
    dW = np.zeros((h, m))
    for i in range(n):
        z = [0.0] * h
        for k in range(h):
            z[k] = b[k]
            for j in range(m):
                z[k] += W[k, j] * X[i, j]
        top = max(z)
        e = [math.exp(v - top) for v in z]
        total = sum(e)
        for k in range(h):
            d = e[k] / total - Y[i, k]
            for j in range(m):
                dW[k, j] += d * X[i, j]
    return dW / n


def softmax_numpy(
    X: Array, Y: Array,
    W: Array, b: Array
) -> Array:
    Z = X @ W.T + b
    top = Z.max(1, keepdims=True)
    E = np.exp(Z - top)
    A = E / E.sum(1, keepdims=True)
    D = X.T @ (Y - A)
    return -D.T / len(X)


def softmax_torch(
    X: Tensor, Y: Tensor,
    W: Tensor, b: Tensor
) -> Tensor:
    Z = X @ W.T + b
    A = torch.softmax(Z, dim=1)
    D = X.T @ (Y - A)
    return -D.T / len(X)


def sigmoid_loop(
    X: Array, Y: Array,
    W: Array, b: Array
) -> Array:
    n, m = X.shape
    h = len(W)
    dW = np.zeros((h, m))
    for i in range(n):
        for k in range(h):
            z = b[k]
            for j in range(m):
                z += W[k, j] * X[i, j]
            a = (1 + math.tanh(z / 2)) / 2
            d = a - Y[i, k]
            for j in range(m):
                dW[k, j] += d * X[i, j]
    return dW / n


def sigmoid_numpy(
    X: Array, Y: Array,
    W: Array, b: Array
) -> Array:
    Z = X @ W.T + b
    A = (1 + np.tanh(Z / 2)) / 2
    D = X.T @ (Y - A)
    return -D.T / len(X)


def sigmoid_torch(
    X: Tensor, Y: Tensor,
    W: Tensor, b: Tensor
) -> Tensor:
    Z = X @ W.T + b
    A = torch.sigmoid(Z)
    D = X.T @ (Y - A)
    return -D.T / len(X)
