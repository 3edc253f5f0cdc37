"""The way in for ``rapport train --second-look``: says what is missing before anything is read."""

from collections.abc import Callable, Sequence
from pathlib import Path

from store.errors import ConfigurationError


def make_second_look(
    data: Path, out: Path, tell: Callable[[str], None], *, seed: int, without: Sequence[str] = ()
) -> None:
    """Make the second look; takes 20 minutes on two free cores.

    Args:
        data: the folder that holds ``train``.
        out: the file to write.
        tell: is told how far it is.
        seed: decides order and chance; figures stay the same within half a point.
        without: names of sets to leave out, to measure on them.

    Raises:
        ConfigurationError: PyTorch or what else it needs is not installed.
        InputError: the sets cannot be read, or the file cannot be written.
    """
    try:
        from feedback.training.second_look.making import Recipe, make
    except ImportError as error:
        raise ConfigurationError(
            f"{error.name} is missing, which only making the second look needs: pip install -e '.[train]'"
            " (PyTorch's build for the CPU is enough)"
        ) from error
    make(data, out, Recipe(seed=seed, without=tuple(without)), tell)
