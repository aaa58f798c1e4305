-- What GREETING says to whom the payload names.
function main(req, res)
    local name = req.payload:match('"name"%s*:%s*"([^"]*)"') or "World"
    local greeting = req.variables.GREETING or "Hello"
    res:json({ message = greeting .. ", " .. name .. "!", client = req.headers["user-agent"] })
end
