"""Families of emulators as a sentence, a legend or a title names them."""

NAMES = {
    "mean": "training mean",
    "linear": "linear regression",
    "polynomial": "polynomial ridge regression",
    "neighbours": "nearest neighbours",
    "gaussian_process": "Gaussian process",
    "forest": "random forest",
    "network": "network ensemble",
}
WITHOUT_ARTICLE = ("linear", "polynomial", "neighbours")


def family_name(family: str) -> str:
    """The name alone; that of a family not known here is its key, opened into words."""
    return NAMES.get(family, family.replace("_", " "))


def family_in_a_sentence(family: str) -> str:
    """The name with the article it takes inside a sentence."""
    return family_name(family) if family in WITHOUT_ARTICLE else f"the {family_name(family)}"
