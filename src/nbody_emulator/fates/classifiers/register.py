"""Every classifier of stars that a study may compare, the simplest first."""

from nbody_emulator.settings.register import Register

CLASSIFIERS: Register[None] = Register(
    "classifier",
    {
        "prevalence": "nbody_emulator.fates.classifiers.prevalence:Prevalence",
        "logistic": "nbody_emulator.fates.classifiers.logistic:Logistic",
        "nearest_stars": "nbody_emulator.fates.classifiers.nearest_stars:NearestStars",
        "boosted_trees": "nbody_emulator.fates.classifiers.boosted_trees:BoostedTrees",
        "star_in_set": "nbody_emulator.fates.classifiers.star_in_set:StarInSet",
    },
)
