"""GitHub Actions' workflow files: read as data, checked by actionlint, their commands run on this machine.

Needs ruamel.yaml, which comes with the `dev` extra. It reads YAML 1.2; YAML 1.1 would read the key ``on`` as a boolean.
"""
