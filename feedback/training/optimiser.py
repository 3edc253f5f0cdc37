"""Minimising a smooth function: L-BFGS (Nocedal and Wright, *Numerical Optimization*, 2006, 7.2)."""

from collections import deque
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Slope = Callable[[Floats], tuple[float, Floats]]
"""Gives the value and the gradient at a point."""

MEMORY = 6
ENOUGH_DECREASE = 1e-4
SMALLEST_STEP = 1e-6
GOOD_ENOUGH = 1e-6
"""Relative decrease below which we stop."""


def minimise(slope: Slope, start: Floats, *, rounds: int) -> Floats:
    """Go downhill from ``start`` for at most ``rounds`` rounds."""
    point = start
    value, gradient = slope(point)
    steps: deque[tuple[Floats, Floats, float]] = deque(maxlen=MEMORY)
    for _ in range(rounds):
        direction = _direction(gradient, steps)
        moved = _search(slope, point, value, gradient, direction)
        if moved is None:
            break
        new_point, new_value, new_gradient = moved
        change, turn = new_point - point, new_gradient - gradient
        curvature = dot(change, turn)
        if curvature > 0:
            steps.append((change, turn, 1.0 / curvature))
        settled = value - new_value < GOOD_ENOUGH * abs(value)
        point, value, gradient = new_point, new_value, new_gradient
        if settled:
            break
    return point


def dot(left: Floats, right: Floats) -> float:
    """The inner product, added in a fixed order."""
    return float(np.sum(left * right))


def _direction(gradient: Floats, steps: deque[tuple[Floats, Floats, float]]) -> Floats:
    """Guess the way to the bottom from the last steps (the two-loop recursion)."""
    way = -gradient
    shares = []
    for change, turn, inverse in reversed(steps):
        share = inverse * dot(change, way)
        shares.append(share)
        way = way - share * turn
    if steps:
        change, turn, inverse = steps[-1]
        way = way / (inverse * dot(turn, turn))
    else:
        way = way / max(1.0, float(np.sqrt(dot(gradient, gradient))))
    for (change, turn, inverse), share in zip(steps, reversed(shares), strict=True):
        way = way + change * (share - inverse * dot(turn, way))
    return way


def _search(
    slope: Slope, point: Floats, value: float, gradient: Floats, direction: Floats
) -> tuple[Floats, float, Floats] | None:
    """Go along ``direction``, half as far until it is downhill enough; None where it never is."""
    descent = dot(gradient, direction)
    step = 1.0
    while step > SMALLEST_STEP:
        there = point + step * direction
        new_value, new_gradient = slope(there)
        if new_value <= value + ENOUGH_DECREASE * step * descent:
            return there, new_value, new_gradient
        step /= 2
    return None
