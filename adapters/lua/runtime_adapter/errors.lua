-- Turns whatever a function raises into a message (contract E2, E3).

local concat, find, getinfo, getmetatable, gsub = table.concat, string.find, debug.getinfo, debug.getmetatable, string.gsub
local len, pcall = utf8.len, pcall
local rawget, sub, tostring, type, unpack = rawget, string.sub, tostring, type, table.unpack

local TEXT_LIMIT = 4000    -- of one error, in bytes: leaves room for the stack trace in a message's 8 KiB (contract E2)
local FRAME_LIMIT = 30     -- innermost first
local LEVEL_LIMIT = 200    -- of the stack: Lua walks it from its end for each

local errors = {}

-- The frames inside the function's folder, a recursion's repeated ones once; and the first one's place as Lua writes it.
local function user_frames(folder)
    local frames, seen, place = {}, {}, nil
    for level = 3, LEVEL_LIMIT do
        local info = getinfo(level, "Sln")
        if not info then break end
        if find(info.source, folder, 1, true) == 1 and info.currentline > 0 then
            local at = sub(info.source, 2) .. ":" .. info.currentline
            local frame = info.name and info.name ~= "?" and info.name .. " (" .. at .. ")" or at
            place = place or info.short_src .. ":" .. info.currentline .. ": "
            if not seen[frame] then
                seen[frame] = true
                frames[#frames + 1] = frame
                if #frames == FRAME_LIMIT then break end
            end
        end
    end
    return frames, place
end

local function type_of(value)
    local metatable = getmetatable(value)
    if type(value) == "string" then return "error" end
    local name = type(metatable) == "table" and rawget(metatable, "__name")
    return type(name) == "string" and name or type(value)
end

-- The text's beginning, in UTF-8 whatever it is.
local function readable(text)
    if #text > TEXT_LIMIT then text = gsub(sub(text, 1, TEXT_LIMIT), "[\xC0-\xFF][\x80-\xBF]*$", "") end
    return len(text) and text or gsub(text, "[\x80-\xFF]", "?")
end

-- Makes the handler for xpcall that describes errors of the function in this folder: type, text, its own frames.
function errors.describer(folder)
    folder = "@" .. folder .. "/"
    return function(value)
        local frames, place = user_frames(folder)
        local is_readable, text = pcall(tostring, value)
        if not is_readable then text = "(its text cannot be read)" end
        -- Lua begins a text with the place that raised it, which is the first frame.
        if place and sub(text, 1, #place) == place then text = sub(text, #place + 1) end
        return concat({ type_of(value) .. ": " .. readable(text), unpack(frames) }, "\n    at ")
    end
end

return errors
