-- Writes JSON. Not a library's: those write NaN as null, whole numbers with a loss, or bytes as they are (contract F4).

local byte, concat, error, floor, format, getmetatable = string.byte, table.concat, error, math.floor, string.format, getmetatable
local gsub, huge, len, math_type, next, pairs, sort = string.gsub, math.huge, utf8.len, math.type, next, pairs, table.sort
local tonumber, tostring, type = tonumber, tostring, type

-- Deeper than this, a value most likely holds itself.
local MAXIMUM_DEPTH = 500

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b", ["\f"] = "\\f" }

local function escape(character)
    return ESCAPES[character] or format("\\u%04x", byte(character))
end

local function text_as_json(text)
    if not len(text) then error("JSON cannot hold bytes that are no UTF-8", 0) end
    return '"' .. gsub(text, '[\0-\31"\\]', escape) .. '"'
end

local function number_as_json(number)
    if math_type(number) == "integer" then return format("%d", number) end
    if number ~= number or number == huge or number == -huge then error("JSON cannot hold " .. tostring(number), 0) end
    if number == floor(number) and number > -1e15 and number < 1e15 then return format("%.0f", number) end
    local short = format("%.15g", number)
    return tonumber(short) == number and short or format("%.17g", number)
end

-- Whether a table is a list, which only its keys tell, and what its metatable says of an empty one.
local function is_list(value, metatable)
    if metatable and metatable.__jsontype then return metatable.__jsontype == "array" end
    return #value > 0
end

local append

local function append_list(parts, value, depth)
    local size = #value
    for key in pairs(value) do
        if math_type(key) ~= "integer" or key < 1 or key > size then
            error("JSON cannot hold a table that is both a list and a map, nor a list with holes", 0)
        end
    end
    for index = 1, size do
        parts[#parts + 1] = index == 1 and "[" or ","
        append(parts, value[index], depth + 1)
    end
    parts[#parts + 1] = size == 0 and "[]" or "]"
end

local function append_map(parts, value, depth)
    local names = {}
    for name in pairs(value) do
        if type(name) ~= "string" then error("JSON cannot hold a key that is a " .. type(name), 0) end
        names[#names + 1] = name
    end
    sort(names)
    for index = 1, #names do
        parts[#parts + 1] = index == 1 and "{" or ","
        parts[#parts + 1] = text_as_json(names[index])
        parts[#parts + 1] = ":"
        append(parts, value[names[index]], depth + 1)
    end
    parts[#parts + 1] = next(names) == nil and "{}" or "}"
end

function append(parts, value, depth)
    local kind = type(value)
    local metatable = kind == "table" and getmetatable(value)
    if depth > MAXIMUM_DEPTH then
        error("JSON cannot hold a cycle, nor more than " .. MAXIMUM_DEPTH .. " levels", 0)
    elseif kind == "string" then
        parts[#parts + 1] = text_as_json(value)
    elseif kind == "number" then
        parts[#parts + 1] = number_as_json(value)
    elseif kind == "boolean" then
        parts[#parts + 1] = tostring(value)
    elseif kind == "nil" or kind == "userdata" and format("%p", value) == "(null)" then   -- as C libraries say null
        parts[#parts + 1] = "null"
    elseif metatable and metatable.__tojson then
        parts[#parts + 1] = metatable.__tojson(value)
    elseif kind == "table" then
        (is_list(value, metatable) and append_list or append_map)(parts, value, depth)
    else
        error("JSON cannot hold a " .. kind, 0)
    end
end

-- A value as JSON text. What its metatable says is dkjson's way: __jsontype, "array" or "object"; __tojson, a function.
return function(value)
    local parts = {}
    append(parts, value, 0)
    return concat(parts)
end
