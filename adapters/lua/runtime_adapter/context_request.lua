-- `context.req`. The other forms of the body are made when they are asked for (V24).

local json = require("dkjson")   -- the image's; the function may have another version
local frames = require("runtime_adapter.frames")

local concat, decode, error, find, len, lower = table.concat, json.decode, error, string.find, utf8.len, string.lower
local setmetatable, sub = setmetatable, string.sub

-- Of `error`: the line that asked for it is the one at fault.
local THEIRS = 4

-- Bytes as UTF-8: what is none becomes U+FFFD.
local function as_text(bytes)
    if len(bytes) then return bytes end
    local parts, at = {}, 1
    while true do
        local is_valid, broken = len(bytes, at)
        if is_valid then break end
        parts[#parts + 1] = sub(bytes, at, broken - 1) .. "\u{FFFD}"
        at = broken + 1
    end
    return concat(parts) .. sub(bytes, at)
end

-- JSON's null is nil, as dkjson has it.
local function parsed(bytes)
    local value, behind, problem = decode(bytes)
    if not problem and find(bytes, "%S", behind) then problem = "something follows it" end
    if problem then error("the body is no JSON: " .. problem, THEIRS) end
    return value
end

local forms = {}

-- The body as text.
function forms.body_text(req) return as_text(req.body_binary) end

-- The old name of body_text.
forms.body_raw = forms.body_text

-- The body, parsed. Raises an error if it is no JSON.
function forms.body_json(req)
    local value = parsed(req.body_binary)
    return value
end

-- body_json if the Content-Type says JSON, an empty table for an empty body; else body_text.
function forms.body(req)
    if find(lower(req.headers["content-type"] or ""), "application/json", 1, true) ~= 1 then return as_text(req.body_binary) end
    local value = req.body_binary == "" and {} or parsed(req.body_binary)
    return value
end

local Request = {}

function Request.__index(req, name)
    local form = forms[name]
    local value = form and form(req)
    return value
end

-- The flags of a CALL, and what the function sees of it.
return function(frame)
    local flags, fields = frames.read_call(frame)
    return flags, setmetatable(fields, Request)
end
