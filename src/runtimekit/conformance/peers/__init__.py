"""Other projects' programs against our images: the open-runtimes suite, and the executor (docs/executors.md)."""
