-- Raises an error while it is loaded.
local name = "probe"

error(name .. " import error")
