"""``python -m bot`` is the command ``rapport``."""


def main() -> None:
    """Run the command."""
    from bot import cli  # a process that we start begins as its parent did, by importing this module

    cli.main()


if __name__ == "__main__":
    main()
