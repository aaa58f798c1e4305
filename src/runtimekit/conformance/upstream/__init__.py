"""The test suite of the open-runtimes project against images of its protocol (docs/executors.md)."""
