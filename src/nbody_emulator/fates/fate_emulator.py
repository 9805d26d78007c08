"""The fitted classifier of stars: a cluster before its run in, for every star the probability of its fate out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import equinox as eqx
import numpy as np
from scipy.special import expit

import nbody_emulator.double_precision  # noqa: F401
from nbody_emulator.emulators import storage
from nbody_emulator.emulators.asked import Asked
from nbody_emulator.fates.asking import log_odds_of
from nbody_emulator.fates.classifier import StarModel
from nbody_emulator.fates.classifiers.register import CLASSIFIERS
from nbody_emulator.fates.preparation import Preparation, Prepared
from nbody_emulator.fates.register import FATES
from nbody_emulator.fates.star_inputs import NAMES, star_inputs
from nbody_emulator.features.register import FEATURES
from nbody_emulator.features.start import Start, heaviest_first
from nbody_emulator.identity.seen_points import Seen
from nbody_emulator.quantities.quantity import Covariate, Parameter
from nbody_emulator.storage.files import write_bytes
from nbody_emulator.summaries.snapshot import Snapshot

KIND = "fate of stars"
"""What the header of its file says it is."""


@dataclass(frozen=True)
class FateFacts:
    """What it tells of its own fit.

    Attributes:
        study, fate, time, features, miss_cost, balanced: as in the configuration.
        classifier, hyperparameters: its name in the register, and those that were chosen.
        threshold: probability from which on a star is called, for what a miss costs.
        clusters, stars: of which it was known what happened; a balanced fit was shown fewer stars.
        seen: design points of the training clusters.
        identity, description: of the fit's specification, and of the runs; empty if nothing was said.
    """

    study: str
    fate: str
    time: float
    features: tuple[str, ...]
    classifier: str
    hyperparameters: Mapping[str, Any]
    miss_cost: float
    balanced: bool
    threshold: float
    clusters: int
    stars: int
    seen: Seen
    identity: str = ""
    description: str = ""

    @staticmethod
    def kept(told: Mapping[str, Any]) -> "FateFacts":
        """Those of a file."""
        points = tuple((name, fingerprint, mask) for name, fingerprint, mask in told["seen"]["points"])
        seen = Seen(points, told["seen"]["checksum"])
        return FateFacts(**{**told, "seen": seen, "features": tuple(told["features"])})


@dataclass(frozen=True, eq=False, repr=False)
class FateEmulator:
    """For every star of a cluster, the probability that something happens to it.

    Attributes:
        columns: the parameters it takes, each with its unit and box, then the features it measures.
        preparation: from numbers as measured to those that the model reads.
        model: from a prepared cluster to log odds.
        facts: of its fit.
    """

    columns: tuple[Parameter, ...]
    preparation: Preparation
    model: StarModel
    facts: FateFacts

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it takes beside the stars."""
        return tuple(each for each in self.columns if not isinstance(each, Covariate))

    def predict(self, cluster: Snapshot, parameters: Mapping[str, Any]) -> np.ndarray:
        """(N,) probabilities, in the order of the cluster's stars.

        Args:
            cluster: its stars before the run.
            parameters: value of every parameter by name, as `Emulator.predict` takes them.

        Raises:
            TypeError: as `Emulator.predict`.
            ValueError: as `Emulator.predict`; the cluster has no scale, or a number that is not finite.
        """
        if not isinstance(cluster, Snapshot):
            raise TypeError("give a Snapshot: of a file, Snapshot(*read_stars(path), softening=...)")
        asked = Asked.of(self.parameters, parameters, None)
        if asked.shape:
            raise ValueError(f"one cluster has one value of every parameter, not {asked.shape}")
        asked.refuse_outside()
        state = cluster.masses, cluster.positions, cluster.velocities
        start = Start(*state, cluster.softening)
        features = [float(FEATURES.load(name).measure(start)) for name in self.facts.features]
        known = np.concatenate([asked.values, features])
        stars = star_inputs(start)
        prepared = self.prepared(known[None], stars[None], np.ones((1, len(stars)), dtype=bool))
        probabilities = np.empty(len(stars))
        probabilities[heaviest_first(*state)] = expit(log_odds_of(self.model, prepared, np.array([0]))[0])
        return probabilities

    def prepared(self, clusters: np.ndarray, stars: np.ndarray, present: np.ndarray) -> Prepared:
        """Clusters (n, c), their stars (n, N, k) and which slots hold any (n, N), as its model reads them."""
        return self.preparation(self.columns, clusters, stars, present)

    def __repr__(self) -> str:
        fitted = f"{self.facts.classifier}, {self.facts.stars} stars of {self.facts.clusters} clusters"
        return f"FateEmulator({fitted}: whether a star {FATES.load(self.facts.fate).happening})"

    def save(self, path: str | Path) -> None:
        """Write it to `path`: one line of JSON that explains it, then its arrays. Same content, same bytes."""
        fitted = {"preparation": self.preparation, "model": self.model}
        header = {
            "kind": KIND,
            "columns": [_told(column) for column in self.columns],
            "inputs": list(NAMES),
            "facts": asdict(self.facts),
            "static": {name: storage.static_of(cast(eqx.Module, part)) for name, part in fitted.items()},
        }
        write_bytes(path, storage.content(header, fitted, {}))

    @staticmethod
    def load(path: str | Path) -> "FateEmulator":
        """What `save` wrote, or the workflow: a file such as results/fates/fates/escape/logistic.eqx.

        Raises:
            ValueError: it is no such file, of another version, or damaged.
            OSError: it cannot be read.
        """
        header, arrays = storage.read(Path(path))
        if header.get("kind") != KIND:
            raise ValueError(
                f"{path} does not tell the fates of stars; name a file that FateEmulator.save wrote, such as "
                "results/fates/fates/escape/logistic.eqx"
            )
        if header.get("inputs") != list(NAMES):
            raise ValueError(
                f"{path} reads other numbers of a star than this version measures; make it again with this version of "
                "nbody-emulator"
            )
        try:
            emulator = _built(header, arrays)
        except Exception as error:  # whatever a file that nobody of us wrote may lead to
            raise storage.damaged(path, f"its first line: {error}") from None
        emulator.facts.seen.check(path)
        return emulator


def _built(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> FateEmulator:
    facts = FateFacts.kept(header["facts"])
    kinds: dict[str, type[eqx.Module]] = {
        "preparation": Preparation,
        "model": CLASSIFIERS.load(facts.classifier).model(),
    }
    parts: dict[str, Any] = {
        name: storage.built(kind, f"{name}.", arrays, header["static"][name]) for name, kind in kinds.items()
    }
    return FateEmulator(tuple(map(_kept, header["columns"])), **parts, facts=facts)


def _told(column: Parameter) -> dict[str, Any]:
    names = ("name", "unit", "scale") if isinstance(column, Covariate) else tuple(asdict(column))
    return {name: getattr(column, name) for name in names}


def _kept(told: Mapping[str, Any]) -> Parameter:
    return Parameter(**told) if "minimum" in told else Covariate.of(**told)
