"""python -m pynn: the command pynn."""
from pynn.cli import main

if __name__ == "__main__":
    main()
