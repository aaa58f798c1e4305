-- Writes JSON. Not a library's: those write NaN as null, whole numbers with a loss, or bytes as they are (contract F4).

local byte, concat, error, find, floor, format = string.byte, table.concat, error, string.find, math.floor, string.format
local getmetatable, gsub, huge, len, math_type, pairs, sort = getmetatable, string.gsub, math.huge, utf8.len, math.type, pairs, table.sort
local tonumber, tostring, type = tonumber, tostring, type

-- Deeper than this, a value most likely holds itself.
local MAXIMUM_DEPTH = 500

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\b"] = "\\b", ["\f"] = "\\f" }

local ESCAPED = '[\0-\31"\\]'

local function escape(character)
    return ESCAPES[character] or format("\\u%04x", byte(character))
end

local function text_as_json(text)
    if not len(text) then error("JSON cannot hold bytes that are no UTF-8", 0) end
    if find(text, ESCAPED) then text = gsub(text, ESCAPED, escape) end
    return '"' .. text .. '"'
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

local append   -- appends a value to the `count` parts of a text, and returns how many there are then

local function append_list(parts, count, value, depth)
    local size = #value
    for key in pairs(value) do
        if math_type(key) ~= "integer" or key < 1 or key > size then
            error("JSON cannot hold a table that is both a list and a map, nor a list with holes", 0)
        end
    end
    for index = 1, size do
        parts[count + 1] = index == 1 and "[" or ","
        count = append(parts, count + 1, value[index], depth + 1)
    end
    parts[count + 1] = size == 0 and "[]" or "]"
    return count + 1
end

local function append_map(parts, count, value, depth)
    local names, size = {}, 0
    for name in pairs(value) do
        if type(name) ~= "string" then error("JSON cannot hold a key that is a " .. type(name), 0) end
        size = size + 1
        names[size] = name
    end
    sort(names)
    for index = 1, size do
        parts[count + 1] = (index == 1 and "{" or ",") .. text_as_json(names[index]) .. ":"
        count = append(parts, count + 1, value[names[index]], depth + 1)
    end
    parts[count + 1] = size == 0 and "{}" or "}"
    return count + 1
end

function append(parts, count, value, depth)
    local kind = type(value)
    local metatable = kind == "table" and getmetatable(value)
    local text
    if depth > MAXIMUM_DEPTH then
        error("JSON cannot hold a cycle, nor more than " .. MAXIMUM_DEPTH .. " levels", 0)
    elseif kind == "string" then
        text = text_as_json(value)
    elseif kind == "number" then
        text = number_as_json(value)
    elseif kind == "boolean" then
        text = tostring(value)
    elseif kind == "nil" or kind == "userdata" and format("%p", value) == "(null)" then   -- as C libraries say null
        text = "null"
    elseif metatable and metatable.__tojson then
        text = metatable.__tojson(value)
    elseif kind == "table" then
        return (is_list(value, metatable) and append_list or append_map)(parts, count, value, depth)
    else
        error("JSON cannot hold a " .. kind, 0)
    end
    parts[count + 1] = text
    return count + 1
end

-- A value as JSON text. What its metatable says is dkjson's way: __jsontype, "array" or "object"; __tojson, a function.
return function(value)
    local parts = {}
    append(parts, 0, value, 0)
    return concat(parts)
end
