-- The probe: does whatever the payload's action says (tests/resources/probe/README.md).

local fcntl = require("posix.fcntl")
local json = require("dkjson")
local posix_signal = require("posix.signal")
local socket = require("socket")
local stdlib = require("posix.stdlib")
local unistd = require("posix.unistd")

local MIB = 1024 * 1024
local counter = 0

local function recurse(depth) return recurse(depth + 1) + 1 end

local throwers = {
    error = function(_, text) error(text or "probe error") end,
    custom = function() error(setmetatable({}, { __name = "CustomError", __tostring = function() return "custom text" end })) end,
    recursion = function() recurse(0) end,
    odd = function() error("odd \xff\0\u{202e} text") end,
    long = function() error(("x"):rep(1000000)) end,
    unprintable = function()
        error(setmetatable({}, { __name = "UnprintableError", __tostring = function() error("no text") end }))
    end,
    null = function() error(nil) end,
    string = function() error("a string", 0) end,
    number = function() error(42) end,
    object = function() error({ some = "table" }) end,
    divide = function(zero) local _ = 1 // zero end,
    index = function() local _ = nothing.at_all end,
    undefined = function() undefined_function() end,
}

local cycle = {}
cycle[1] = cycle

local unserialisable = {
    nan = 0 / 0,
    infinity = { 1 / 0 },
    cycle = cycle,
    ["function"] = { held = print },
    bytes = "\xff\xfe",
    surrogate = "\xed\xa0\x80",
}

-- How often the work could be done, and what stopped it.
local function until_error(times, work)
    for done = 0, times - 1 do
        local result, reason = work()
        if not result then return done, reason end
    end
    return times, nil
end

local function start_sleeper()
    local process, reason = unistd.fork()
    if process ~= 0 then return process, reason end
    unistd.setpid("s")
    unistd.execp("sleep", { "60" })
    unistd._exit(127)
end

local function everything(req, res)
    res:json({ env = req.env, payload = req.payload, headers = req.headers })
end

local function waited(options) socket.sleep(options.seconds or 1) end

local actions = {
    answer = everything,
    text = function(_, res, o) res:send(o.text or "Hello") end,
    json = function(_, res, o) res:json(o.value) end,
    both = function(_, res) res:send("first") res:json({ last = true }) end,
    none = function() end,
    twice = function(_, res) res:send("first") res:send("second") end,
    late = function(_, res)
        debug.sethook(function() res:send("too late") end, "", 1000)
        res:send("in time")
    end,
    status = function(_, res, o) res:send("status", o.status) end,
    bytes = function(_, res) res:send("\xff\xfe") end,
    unserialisable = function(_, res, o) res:json(unserialisable[o.kind]) end,
    throw = function(_, res, o)
        res:send("answered before the error")
        throwers[o.kind or "error"](0, o.text)
    end,
    sleep = function(_, res, o) waited(o) res:send("slept") end,
    block = function(_, res, o) waited(o) res:send("blocked") end,
    spin = function(_, res, o)
        local stop = socket.gettime() + (o.seconds or math.huge)
        while socket.gettime() < stop do end
        res:send("spun")
    end,
    exit = function(_, _, o) os.exit(o.code or 0) end,
    abort = function(_, _, o)
        if o.line then
            local begun = assert(io.open("/tmp/begun", "a"))
            begun:write(o.line, "\n")
            begun:close()
        end
        stdlib.abort()
    end,
    print = function(_, res, o)
        local stream = o.stream == "stderr" and io.stderr or io.stdout
        for number = 1, o.lines or 1 do
            local line = o.text or "line " .. number
            local missing = (o.bytes or 0) - #line - 1
            stream:write(line .. (missing > 0 and " " .. ("x"):rep(missing) or "") .. "\n")
        end
        res:send("printed")
    end,
    allocate = function(_, res, o)
        local held = {}
        for _ = 1, o.mib or 1 do held[#held + 1] = ("x"):rep(MIB) end
        res:send(#held > 0 and "allocated" or "nothing")
    end,
    environ = function(_, res) res:json(stdlib.getenv()) end,
    read = function(_, res, o)
        local file = assert(io.open(o.path, "rb"))
        res:send(assert(file:read("a")))
    end,
    kill = function(_, res, o)
        assert(posix_signal.kill(o.pid, o.signal or 9))
        res:send("killed")
    end,
    spawn = function(_, res) res:json({ pid = assert(start_sleeper()) }) end,
    forks = function(_, res, o)
        local started, reason = until_error(o.count or 200, start_sleeper)
        res:json({ started = started, error = reason or json.null })
    end,
    descriptors = function(_, res, o)
        local opened, reason = until_error(o.count or 100000, function() return fcntl.open("/dev/null", fcntl.O_RDONLY) end)
        res:json({ opened = opened, error = reason or json.null })
    end,
    fill = function(_, res, o)
        local file, written = assert(io.open(o.path or "/tmp/filled", "w")), 0
        file:setvbuf("no")
        local _, reason = until_error(o.mib or 1024, function()
            local result, problem = file:write(("x"):rep(MIB))
            written = file:seek()
            return result, problem
        end)
        res:json({ written = written, error = reason or json.null })
    end,
    tamper = function(_, res)
        unistd.chdir("/")
        for name in pairs(stdlib.getenv()) do stdlib.setenv(name, nil) end
        stdlib.setenv("TZ", "Pacific/Kiritimati")
        res:send("tampered")
        local function nothing() end
        for _, library in ipairs({ string, table, math, utf8, debug, os, coroutine, unistd, socket, json }) do
            for name in next, library do library[name] = nothing end
        end
        for name, value in next, _G do
            if type(value) == "function" and name ~= "next" and name ~= "type" and name ~= "main" then _G[name] = nothing end
        end
        package.path, package.loaded["posix.unistd"] = "", nil
    end,
    mutate = function(req, res)
        req.env.MUTATED, req.headers.mutated, req.payload = "yes", "yes", "mutated"
        everything(req, res)
    end,
    counter = function(_, res)
        counter = counter + 1
        res:json({ counter = counter })
    end,
    pid = function(_, res) res:json({ pid = unistd.getpid() }) end,
    uid = function(_, res) res:json({ uid = unistd.getuid(), gid = unistd.getgid() }) end,
    big = function(_, res, o) res:send(("x"):rep(o.bytes)) end,
    proto = function(req, res) res:json({ value = req.env.__proto__ or json.null }) end,
}

function main(req, res)
    local options
    if req.payload ~= "" then options = json.decode(req.payload) end
    if type(options) ~= "table" then options = {} end
    actions[options.action or "answer"](req, res, options)
end
