local json = require("dkjson")

---@param req Request
---@param res Response
---@return Response
function main(req, res)
    local given = json.decode(req.payload == "" and "{}" or req.payload)
    if type(given) ~= "table" or getmetatable(given).__jsontype ~= "object" then
        return res:json({ error = 'send a JSON object, such as {"name": "you"}' }, 400)
    end
    local greeting = req.env.GREETING or "Hello"
    local name = given.name or "World"
    return res:json({ message = greeting .. ", " .. name .. "!", client = req.headers["user-agent"] or "unknown" })
end
