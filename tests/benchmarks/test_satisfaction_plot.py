"""The plot of three example customers says what the program says of them."""

from pathlib import Path

from benchmarks.satisfaction_plot import CUSTOMERS, PLOT, draw, heading


def test_the_plot_of_the_documentation_is_up_to_date() -> None:
    drawn = PLOT.read_text(encoding="utf-8")
    for name, told in CUSTOMERS.items():
        assert heading(name, told) in drawn


def test_it_is_drawn(tmp_path: Path) -> None:
    out = tmp_path / "plot.svg"
    draw().save(str(out))
    assert out.read_text(encoding="utf-8").startswith("<svg")
    assert out.stat().st_size < 100_000
