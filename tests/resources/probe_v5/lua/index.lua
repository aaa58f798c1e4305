-- The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).

local errno = require("posix.errno")
local json = require("dkjson")
local posix_signal = require("posix.signal")
local socket = require("socket")
local stdlib = require("posix.stdlib")
local unistd = require("posix.unistd")

local folder = debug.getinfo(1, "S").source:match("^@(.*)/")

local function sha256(bytes)
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "wb"))
    assert(file:write(bytes))
    file:flush()
    local digest <close> = assert(io.popen("sha256sum <" .. path))
    local text = digest:read("a")
    os.remove(path)
    return text:match("^%x+")
end

local function seen(context)
    local req = context.req
    return context.res:json({
        method = req.method, scheme = req.scheme, host = req.host, port = req.port, path = req.path, url = req.url,
        queryString = req.query_string, query = req.query, headers = req.headers,
        size = #req.body_binary, sha256 = sha256(req.body_binary),
    })
end

local function body(context)
    local req = context.req
    return context.res:json({
        kind = type(req.body) == "table" and "object" or "string", body = req.body, text = req.body_text, raw = req.body_raw,
    })
end

-- The name of a system's error.
local function error_name(code)
    for _, name in ipairs({ "EACCES", "ENOENT", "EPERM", "ENOSPC" }) do
        if errno[name] == code then return name end
    end
    return tostring(code)
end

local function mixed(context, o)
    for line = 0, o.lines - 1 do
        context:log(("%s log %d"):format(o.name, line))
        socket.sleep(line % 3 / 1000)
        print(("%s print %d"):format(o.name, line))
        if line % 10 == 0 then
            os.execute(('for n in 0 1 2 3 4 5 6 7 8 9; do echo "%s child $((%d + n))"; done'):format(o.name, line))
        end
        context:error(("%s error %d"):format(o.name, line))
    end
    return context.res:text(o.name)
end

local function read_file(context, o)
    local file, _, code = io.open(o.path, "rb")
    local content = file and file:read("a")
    if not content then return context.res:text(error_name(code), 403) end
    return context.res:binary(content)
end

local function write_file(context, o)
    local file, _, code = io.open(o.path, "a")
    if not file then return context.res:text(error_name(code), 403) end
    file:write(o.text)
    file:close()
    return context.res:text("written")
end

-- Writes until the folder takes no more, at most so many MiB; keeps nothing.
local function fill(context, o)
    local said, block = "written", ("x"):rep(1048576)
    local file, _, problem = io.open(o.path, "wb")
    if file then
        file:setvbuf("no")
        for _ = 1, o.mib do
            local done, _, code = file:write(block)
            if not done then
                said = error_name(code)
                break
            end
        end
        file:close()
    else
        said = error_name(problem)
    end
    os.remove(o.path)
    return context.res:text(said)
end

local function every_byte()
    local bytes = {}
    for byte = 0, 255 do bytes[byte + 1] = string.char(byte) end
    return table.concat(bytes)
end

local function many_headers(number, size)
    local headers = {}
    for at = 0, number - 1 do headers["x-" .. at] = ("v"):rep(size) end
    return headers
end

local function groups()
    local status <close> = assert(io.open("/proc/self/status"))
    local found = setmetatable({}, { __jsontype = "array" })
    for group in status:read("a"):match("\nGroups:([^\n]*)"):gmatch("%d+") do found[#found + 1] = math.tointeger(group) end
    return found
end

local actions = {
    seen = seen,
    body = body,
    ["body-json"] = function(context) return context.res:json({ value = context.req.body_json }) end,
    echo = function(context)
        return context.res:binary(context.req.body_binary, 200, { ["content-type"] = "application/octet-stream" })
    end,
    text = function(context, o) return context.res:text(o.text or "text", o.status, o.headers) end,
    json = function(context, o) return context.res:json(o.value, o.status, o.headers) end,
    binary = function(context) return context.res:binary(every_byte()) end,
    empty = function(context) return context.res:empty() end,
    redirect = function(context, o) return context.res:redirect(o.url, o.status) end,
    send = function(context, o) return context.res:send(o.body) end,
    big = function(context, o) return context.res:binary(("x"):rep(o.bytes)) end,
    ["many-headers"] = function(context, o) return context.res:text("text", 200, many_headers(o.number, o.size)) end,
    ["not-returned"] = function(context)
        context.res:text("first", 201)
        return context.res:text("second")
    end,
    nothing = function(context) context.res:text("not returned") end,
    throws = function(context)
        context:log("before")
        error("TypeError: on purpose")
    end,
    log = function(context, o)
        for _, each in ipairs(o.prints or {}) do print(each) end
        for _, each in ipairs(o.logs or {}) do context:log(each) end
        for _, each in ipairs(o.errors or {}) do context:error(each) end
        return context.res:text("logged")
    end,
    values = function(context)
        context:log("one", 2, true, "naïve 🎉")
        context:log({ a = { 1, "b" } }, { 1, { c = json.null } })
        local _, problem = pcall(function() error("logged") end)
        context:error(problem)
        return context.res:text("logged")
    end,
    prints = function(context)
        print("printed 1")
        context:log("logged 2")
        io.stderr:write("printed 3\n")
        io.write("printed 4\nprinted 5\n")
        return context.res:text("printed")
    end,
    flood = function(context, o)
        local entry = ("é"):rep(o.characters)
        for _ = 1, o.entries do
            if o.how == "print" then print(entry) else context:log(entry) end
        end
        return context.res:text("logged")
    end,
    child = function(context, o)
        os.execute(o.command)
        return context.res:text("ended")
    end,
    mixed = mixed,
    sleep = function(context, o)
        for _, each in ipairs(o.logs or {}) do context:log(each) end
        socket.sleep(o.seconds)
        context:log("too late")
        return context.res:text(o.text or "slept")
    end,
    spin = function(context)
        context:log("before")
        while true do end
    end,
    -- Lua has no threads: what comes later is a hook, or what the collector runs at the next request.
    late = function(context)
        local function work()
            context:log("late")
            print("late, printed")
        end
        debug.sethook(work, "", 1000)
        setmetatable({}, { __gc = function() context:log("late, collected") end })
        return context.res:text("answered")
    end,
    exit = function(context, o)
        context:log("before")
        unistd._exit(o.code)
    end,
    abort = function(context)
        context:log("before")
        stdlib.abort()
    end,
    signal = function(context, o)
        local target = ({ parent = unistd.getppid(), self = unistd.getpid() })[o.pid] or o.pid
        local sent, _, code = posix_signal.kill(target, posix_signal[o.name])
        socket.sleep(0.05)
        return context.res:text(sent and "sent" or error_name(code))
    end,
    environment = function(context) return context.res:json(stdlib.getenv()) end,
    identity = function(context)
        return context.res:json({ user = unistd.getuid(), group = unistd.getgid(), groups = groups(), folder = folder })
    end,
    read = read_file,
    write = write_file,
    fill = fill,
}

function main(context)
    local headers = context.req.headers
    local action = actions[headers["x-action"] or "seen"] or error("there is no such action")
    return action(context, json.decode(headers["x-with"] or "{}"))
end
