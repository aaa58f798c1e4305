"""What the suite needs for the second protocol (docs/protocol-v5.md): functions are built, launched and called its way.

The runner, the results and the case files' form are those of the contract's suite.
"""
