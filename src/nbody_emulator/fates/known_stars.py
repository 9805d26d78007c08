"""Prepared stars of which it is known what happened to them: what a classifier is fitted to."""

from dataclasses import dataclass, replace

import numpy as np

from nbody_emulator.fates.preparation import Preparation, Prepared
from nbody_emulator.fates.star_rows import StarRows


class TooFewStars(ValueError):
    """There is not enough to learn from."""


@dataclass(frozen=True, eq=False)
class KnownStars:
    """n clusters of N slots.

    Attributes:
        prepared: what is known of them, every array (n, ...).
        happened: (n, N) 1 or 0, NaN of stars that are not to be learned from.
        groups: (n,) design point of each cluster; those of one point are never split.
    """

    prepared: Prepared
    happened: np.ndarray
    groups: np.ndarray

    @staticmethod
    def of(rows: StarRows, preparation: Preparation) -> "KnownStars":
        """Those of these rows."""
        prepared = preparation(rows.columns, rows.clusters, rows.stars, rows.present)
        return KnownStars(prepared, rows.happened, rows.groups)

    @property
    def observed(self) -> np.ndarray:
        """(n, N) True of stars to be learned from."""
        return np.isfinite(self.happened)

    @property
    def share(self) -> float:
        """Of these stars, of those it happened to, with half a star added to either side: never 0 or 1."""
        observed = self.happened[self.observed]
        return float((np.sum(observed) + 0.5) / (len(observed) + 1.0))

    @property
    def inputs(self) -> np.ndarray:
        """(m, c + k) of every star to be learned from, what is known of its cluster first."""
        clusters, stars = np.asarray(self.prepared.cluster), np.asarray(self.prepared.stars)
        of_clusters = np.broadcast_to(clusters[:, None], (*stars.shape[:2], clusters.shape[1]))
        return np.concatenate([of_clusters, stars], axis=2)[self.observed]

    @property
    def answers(self) -> np.ndarray:
        """(m,) whether it happened to them."""
        return self.happened[self.observed] == 1.0

    def without(self, rows: np.ndarray) -> "KnownStars":
        """The same clusters, of which those of `rows` (n,) bool are not learned from: shapes stay, knowledge goes."""
        return replace(self, happened=np.where(rows[:, None], np.nan, self.happened))

    def balanced(self, random: np.random.Generator) -> "KnownStars":
        """As many stars that it happened to as others: of the larger part some are drawn, the others are left out.

        Raises:
            TooFewStars: it happened to all, or to none.
        """
        parts = [np.argwhere(self.happened == answer) for answer in (0.0, 1.0)]
        if not all(map(len, parts)):
            raise TooFewStars(
                "of stars of one kind as many as of the other are asked for, and of one there are none"
            )
        smaller, larger = sorted(parts, key=len)
        dropped = random.permutation(len(larger))[len(smaller) :]
        happened = self.happened.copy()
        happened[tuple(larger[dropped].T)] = np.nan
        return replace(self, happened=happened)
