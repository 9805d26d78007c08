"""The entries of the section `alternatives`: other clusters that the same observation may be of."""

from collections.abc import Iterable
from typing import ClassVar

from nbody_emulator.settings.cluster import Choice, Cluster, Masses
from nbody_emulator.settings.section import Maybe, setting


class Alternative(Choice):
    """Another cluster in place of the experiment's own: what differs, all else is the same."""

    choice: ClassVar = "profile"

    profile: str = setting(..., "Density profile of this cluster; king takes king_depth")
    segregation: Maybe[float] = setting(
        None,
        "Degree of primordial mass segregation of this cluster; left out, that of the experiment's own",
        ge=0,
        le=1,
    )
    masses: Maybe[Masses] = setting(None, "Stellar masses of this cluster; left out, the experiment's own")

    def in_place_of(self, cluster: Cluster, profile_keys: Iterable[str]) -> Cluster:
        """The experiment's cluster with what differs, of the type that it has.

        Args:
            profile_keys: of all profiles; a cluster's own keep no meaning for another profile.
        """
        left = {key: value for key, value in cluster.written().items() if key not in set(profile_keys)}
        return type(cluster)(**left | self.written())
