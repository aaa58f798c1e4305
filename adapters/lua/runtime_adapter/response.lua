-- How the function answers (contract F3, F4). The last call before the function's end wins.

local encode = require("runtime_adapter.json")
local frames = require("runtime_adapter.frames")

local error, getmetatable, len, math_type, pcall, setmetatable = error, getmetatable, utf8.len, math.type, pcall, setmetatable
local tointeger, tostring, type = math.tointeger, tostring, type

-- A table with the answer, once there is one: status, type, text.
local Response = {}
Response.__index = Response

-- Of `error`: the line that called send or json is the one at fault.
local THEIRS, OURS = 2, 3

local function keep(response, status, kind, text)
    local whole = math_type(status) and tointeger(status)
    if not whole then error("the status must be an integer, not " .. tostring(status), OURS) end
    response[1], response[2], response[3] = whole, kind, text
    return response
end

local function check(response, name)
    if getmetatable(response) ~= Response then error("it is called with a colon, as in res:" .. name .. "(…)", OURS) end
end

-- Answers with text; the status is 200 unless another is given.
function Response:send(text, status)
    check(self, "send")
    if type(text) ~= "string" then error("res:send takes text, not a " .. type(text), THEIRS) end
    if not len(text) then error("res:send takes text, and these bytes are no UTF-8", THEIRS) end
    return keep(self, status == nil and 200 or status, frames.TEXT, text)
end

-- Answers with a value as JSON; the status is 200 unless another is given.
function Response:json(value, status)
    check(self, "json")
    local is_held, text = pcall(encode, value)
    if not is_held then error(text, THEIRS) end
    return keep(self, status == nil and 200 or status, frames.JSON, text)
end

-- One for a request.
function Response.new()
    return setmetatable({}, Response)
end

return Response
