"""Programs compiled for one test serve all others: most of the time of the laws of simulation is compilation."""

import jax


def pytest_configure(config) -> None:
    """Keep compiled programs of this process in pytest's cache, for other workers and the next call.

    Not by environment variables: what tests start themselves compiles its own, as its user's would.
    """
    folder = config.cache.mkdir("compiled")
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
