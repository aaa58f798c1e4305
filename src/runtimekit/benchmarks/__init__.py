"""How fast and how small is a runtime? The load generator, what is measured in turns, results, and the soak.

Numbers from a shared machine vary. Compare medians and ratios within one run, never runs of different days.
"""
