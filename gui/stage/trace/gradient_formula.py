"""The gradient of the loss by the weights as a formula."""

from __future__ import annotations

from gui.derivation.layer import AFTER_HIDDEN, OF_HIDDEN
from gui.derivation.models import model_of


def by_hand(
    kind: str, *, has_bias: bool, has_decay: bool, is_deep: bool = False
) -> tuple[str, str]:
    """Return the formula of the gradient, as LaTeX and as plain text.

    is_deep : whether there is a hidden layer, whose gradient comes first.
    """
    slope, plain = model_of(kind).all_slopes
    if not is_deep:
        return _of_layer((slope, plain), ("", ""), ("X", "X"), has_bias, has_decay)
    above = _of_layer((slope, plain), AFTER_HIDDEN, ("A^{(1)}", "A⁽¹⁾"), has_bias, has_decay)
    back = (
        rf"\Delta^{{(1)}}={slope}\,W^{{(2)}}\odot f'(Z^{{(1)}})",
        f"Δ⁽¹⁾ = {plain} W⁽²⁾ ⊙ f′(Z⁽¹⁾)",
    )
    delta = r"\Delta^{(1)}", "Δ⁽¹⁾"
    below = _of_layer(delta, OF_HIDDEN, ("X", "X"), has_bias, has_decay)
    return r"\\".join((above[0], back[0], below[0])), "; ".join((above[1], back[1], below[1]))


def _of_layer(
    slope: tuple[str, str],
    layer: tuple[str, str],
    taken: tuple[str, str],
    has_bias: bool,
    has_decay: bool,
) -> tuple[str, str]:
    (dz, plain), (above, plain_above) = slope, layer
    transposed = dz if dz.startswith("(") or above == OF_HIDDEN[0] else f"({dz})"
    said = plain if plain.startswith("(") or above == OF_HIDDEN[0] else f"({plain})"
    W = f"W{above}"
    latex = rf"\nabla_{{{W}}} L=\frac{{1}}{{n}}\,{{{transposed}}}^{{\mathsf{{T}}}}{taken[0]}"
    words = f"∇W{plain_above} L = {said}ᵀ {taken[1]} / n"
    if has_decay:
        latex, words = rf"{latex}+\lambda {W}", f"{words} + λ W{plain_above}"
    if has_bias:
        latex += rf"\qquad\nabla_{{b{above}}} L=\frac{{1}}{{n}}\sum_i{{{dz}}}_i"
        words += f", ∇b{plain_above} L = Σᵢ {plain}ᵢ / n"
    return latex, words
