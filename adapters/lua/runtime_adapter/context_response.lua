-- `context.res`: makes what a function returns (V27), and the frame of it.

local frames = require("runtime_adapter.frames")
local encode = require("runtime_adapter.json")

local error, getmetatable, ipairs, lower, math_type, next = error, getmetatable, ipairs, string.lower, math.type, next
local pcall, setmetatable, sort, tointeger, tostring, type = pcall, setmetatable, table.sort, math.tointeger, tostring, type

-- Of `error`: the line that called a method is the one at fault.
local THEIRS = 3

local IS_TEXT = { string = true, number = true, boolean = true }

local Response = {}
Response.__index = Response

local function check(response, name)
    if getmetatable(response) ~= Response then error("it is called with a colon, as in context.res:" .. name .. "(…)", THEIRS) end
end

local function checked_text(name, text)
    if not IS_TEXT[type(text)] then error("context.res:" .. name .. " takes text, not a " .. type(text), THEIRS) end
    return tostring(text)
end

-- The answer; `name` and `value`, if given, are a header that comes before the function's own.
local function answer(body, status, headers, name, value)
    if headers ~= nil and type(headers) ~= "table" then error("headers are a table, not a " .. type(headers), THEIRS) end
    local all = {}
    for key, given in next, headers or {} do
        if not name or type(key) ~= "string" or lower(key) ~= name then all[key] = given end
    end
    if name then all[name] = value end
    return { body = body, statusCode = status == nil and 200 or status, headers = all }
end

-- Bytes. Lua's strings are bytes: this and text differ in what they are called.
function Response:binary(bytes, status, headers)
    check(self, "binary")
    return answer(checked_text("binary", bytes), status, headers)
end

-- Text, as UTF-8.
function Response:text(text, status, headers)
    check(self, "text")
    return answer(checked_text("text", text), status, headers)
end

-- The old name of text.
function Response:send(text, status, headers)
    check(self, "send")
    return answer(checked_text("send", text), status, headers)
end

-- A value as compact JSON.
function Response:json(value, status, headers)
    check(self, "json")
    local is_held, text = pcall(encode, value)
    if not is_held then error(text, THEIRS - 1) end
    return answer(text, status, headers, "content-type", "application/json")
end

-- No content.
function Response:empty()
    check(self, "empty")
    return answer("", 204)
end

-- No content, and where to go.
function Response:redirect(url, status, headers)
    check(self, "redirect")
    return answer("", status == nil and 301 or status, headers, "location", checked_text("redirect", url))
end

local response = {}

-- Names and values in turn; of a table, each of its values.
local function texts_of(headers)
    local names, texts = {}, {}
    for name in next, headers do names[#names + 1] = name end
    sort(names, function(one, other) return tostring(one) < tostring(other) end)
    for _, name in ipairs(names) do
        local value = headers[name]
        for _, each in ipairs(type(value) == "table" and value or { value }) do
            texts[#texts + 1], texts[#texts + 2] = tostring(name), tostring(each)
        end
    end
    return texts
end

-- The RESULT of what context.res gives, or of a table like it.
function response.frame(id, returned)
    if type(returned) ~= "table" then error("the function must return what context.res gives, not a " .. type(returned), 0) end
    local status = returned.statusCode == nil and 200 or returned.statusCode
    local whole = math_type(status) and tointeger(status)
    if not whole then error("the status must be an integer, not " .. tostring(status), 0) end
    return frames.result(id, whole, texts_of(returned.headers or {}), tostring(returned.body or ""))
end

-- One for a request.
function response.new() return setmetatable({}, Response) end

return response
