"""A user's function: begin, guess, pack, build, launch, call, serve. `runtimekit.client` is the public API."""
