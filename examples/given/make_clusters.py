"""The files in `clusters`: three small Plummer spheres, two as CSV, one as mcluster writes a table of stars.

`python examples/given/make_clusters.py`
"""

from pathlib import Path

import numpy as np

from nbody_emulator.simulation import draw
from nbody_emulator.states import write_stars

FOLDER = Path(__file__).parent / "clusters"
MASSES = {"function": "kroupa", "minimum": 0.08, "maximum": 8.0}
FILES = {"first.csv": 16, "second.csv": 16, "third.txt": 20}
"""Name and stars of each."""

FOLDER.mkdir(exist_ok=True)
for seed, (name, stars) in enumerate(FILES.items()):
    drawn = draw(
        {"stars": stars, "profile": "plummer", "masses": MASSES},
        scale_radius=1.0,
        virial_ratio=1.0,
        softening=0.01,
        generator=np.random.default_rng(seed),
    )
    write_stars(FOLDER / name, *drawn)
