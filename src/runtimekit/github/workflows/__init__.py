"""GitHub Actions' workflow files: read as data, checked by actionlint, their commands run on this machine.

For those who work on this repository: ruamel.yaml comes with the `dev` extra. (YAML 1.1 would read the key ``on`` as a
truth value; ruamel.yaml reads 1.2.)
"""
