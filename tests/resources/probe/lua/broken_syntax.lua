-- Line 4 is no Lua.
local other = 1

function main(req, res { res:send("never") }
