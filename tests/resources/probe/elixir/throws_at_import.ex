# Raises an error while it is loaded.
name = "probe"

raise "#{name} import error"
