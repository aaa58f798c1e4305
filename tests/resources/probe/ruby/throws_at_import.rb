# Raises while it is loaded.

raise "probe import error"
