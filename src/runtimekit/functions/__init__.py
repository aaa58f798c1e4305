"""A user's function: pack, build, launch, call, measure. `runtimekit.client` is the public API."""
