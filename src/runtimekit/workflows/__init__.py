"""GitHub Actions' workflows, read as data: checked against the real tasks, and rehearsed on this machine.

For those who work on this repository: ruamel.yaml comes with the `dev` extra. (YAML 1.1 would read the key ``on`` as a
truth value; ruamel.yaml reads 1.2.)
"""
