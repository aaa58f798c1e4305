local json = require("dkjson")

---@param context Context
---@return Result
function main(context)
    local req, res = context.req, context.res
    context:log("called with", req.method, req.path)
    local given = json.decode(req.body_text == "" and "{}" or req.body_text)
    if type(given) ~= "table" or getmetatable(given).__jsontype ~= "object" then
        return res:json({ error = 'send a JSON object, such as {"name": "you"}' }, 400)
    end
    local greeting = os.getenv("GREETING") or "Hello"
    local name = given.name or "World"
    return res:json({ message = greeting .. ", " .. name .. "!", client = req.headers["user-agent"] or "unknown" })
end
