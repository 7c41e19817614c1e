"""`python -m adn`: the same as the command `adn`."""

from adn.cli import main

if __name__ == "__main__":
    main()
