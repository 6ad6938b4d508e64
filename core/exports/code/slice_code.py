"""The function of a program that cuts a batch into what is multiplied at once."""

from __future__ import annotations

from core.exports.plan import Plan


def slices(plan: Plan) -> list[str]:
    """Return the function that cuts a batch as `core.train.batches.Rows` does, in PyTorch."""
    return [
        "def slices(*arrays):",
        '    """Yield the rows in slices that fit into the cache, in the order of the sum."""',
        "    k = len(arrays[0])",
        f"    for i in range(0, k, {plan.rows_at_once}):",
        f"        end = min(i + {plan.rows_at_once}, k)",
        f"        step = -(-(end - i) // max(round((end - i) / {plan.slice_rows}), 1))",
        "        for j in range(i, end, step):",
        "            yield [array[j : min(j + step, end)] for array in arrays]",
        "",
        "",
    ]
