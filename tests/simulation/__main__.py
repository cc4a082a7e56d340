"""Live through seeds again and print what happened: ``python -m tests.simulation SEED [SEED ...]``."""

import sys

from tests.simulation.world import simulate

for text in sys.argv[1:]:
    for line in simulate(int(text)):
        print(line)
