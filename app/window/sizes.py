"""Sizes in bytes as people read them."""


def gigabytes(size: float) -> str:
    """Return a size: "1.2 GB", "98 MB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def done_of(done: float, total: float) -> tuple[str, str]:
    """Return how much is done, in the total's unit, and the total: "0.4" and "1.1 GB"."""
    part = f"{done / 1e9:.1f}" if total >= 1e9 else f"{done / 1e6:.0f}"
    return part, gigabytes(total)
