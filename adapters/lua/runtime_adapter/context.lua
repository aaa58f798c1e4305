-- What a function of the open-runtimes protocol is called with, and its calls from CALL to RESULT (docs/protocol-v5.md).

local frames = require("runtime_adapter.frames")
local encode = require("runtime_adapter.json")
local read = require("runtime_adapter.context_request")
local response = require("runtime_adapter.context_response")
local getpid = require("posix.unistd").getpid

local concat, error, getmetatable, io, pcall = table.concat, error, getmetatable, io, pcall
local select, setmetatable, sethook, tostring, type, xpcall = select, setmetatable, debug.sethook, tostring, type, xpcall

local LOGS, ERRORS = 0, 1
local THEIRS = 3   -- of `error`: the line that called log or error is the one at fault

-- Why a file has nothing to call.
local context = { WANTED = "holds no function main(context). Did you forget to export a 'main' function?" }

local Context = {}
Context.__index = Context

-- Of the running request, if its entries are wanted: its context, id and process, and what writes a frame.
local running = {}

-- What was printed goes out.
local function flush()
    pcall(io.stdout.flush, io.stdout)
end

-- A value in an entry: tables as JSON, the rest as Lua writes it (V14). An error has its place in its text.
local function entry(value)
    local metatable = type(value) == "table" and getmetatable(value)
    if type(value) == "table" and not (type(metatable) == "table" and metatable.__tostring) then
        local is_held, text = pcall(encode, value)
        if is_held then return text end
    end
    local is_readable, text = pcall(tostring, value)
    return is_readable and text or type(value)   -- what it has to say of itself is an error
end

-- Until the request's end; and not in a child that the function has forked, which is none of the gateway's.
local function tell(self, name, stream, ...)
    if getmetatable(self) ~= Context then error("it is called with a colon, as in context:" .. name .. "(…)", THEIRS) end
    if running.context ~= self or running.process ~= getpid() then return end
    flush()   -- what was printed before stands before it
    local texts = {}
    for index = 1, select("#", ...) do texts[index] = entry((select(index, ...))) end
    running.write(frames.log(running.id, stream, concat(texts, " ")))
end

-- Adds an entry to the request's logs.
function Context:log(...) tell(self, "log", LOGS, ...) end

-- Adds an entry to the request's errors.
function Context:error(...) tell(self, "error", ERRORS, ...) end

-- Calls the function and says how it ended. `write` writes a frame.
function context.call(run, describe, id, frame, write)
    local flags, req = read(frame)
    local self = setmetatable({ req = req, res = response.new() }, Context)
    running = flags & frames.LOGGING ~= 0 and { context = self, id = id, process = getpid(), write = write } or {}
    local is_done, result = xpcall(function()
        local returned = run(self)
        return returned == nil and frames.frame(frames.SILENT, id, "") or response.frame(id, returned)
    end, describe)
    sethook()
    running = {}   -- what comes later is not this request's (V34)
    flush()
    return is_done and result or frames.failure(frames.ERROR, id, 500, result)
end

return context
