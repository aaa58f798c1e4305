-- This process: its connection, its function, its requests; as a template, its forks.

local dirent = require("posix.dirent")
local errno = require("posix.errno")
local fcntl = require("posix.fcntl")
local posix_signal = require("posix.signal")
local socket = require("posix.sys.socket")
local stdlib = require("posix.stdlib")
local unistd = require("posix.unistd")
local wait = require("posix.sys.wait")

local errors = require("runtime_adapter.errors")
local frames = require("runtime_adapter.frames")
local Response = require("runtime_adapter.response")
local context = os.getenv("RUNTIME_SHAPE") == "context" and require("runtime_adapter.context")

local concat, getmetatable, io, loadfile, match = table.concat, debug.getmetatable, io, loadfile, string.match
local randomseed, sethook, sub = math.randomseed, debug.sethook, string.sub
local type, xpcall = type, xpcall

local USAGE_ERROR = 64
local CHUNK = 65536   -- bytes of one read

local worker = {}
local connection, describe
-- Of the function's shape: the frame that calls it, the flags of READY, and what a file lacks that has nothing to call.
local CALLED = context and frames.CALL or frames.REQUEST
local FLAGS = context and frames.CONTEXT_FLAGS
local WANTED = context and context.WANTED or "holds no function main(req, res)"
local unread = ""   -- what has been read beyond the last frame

-- Ends the process at once, without the function's finalizers.
local function leave(status)
    io.stdout:flush()
    unistd._exit(status)
end

local function connect(path)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0)
    -- Where it fails the gateway has given this worker up.
    if not connection or socket.connect(connection, { family = socket.AF_UNIX, path = path }) ~= 0 then leave(0) end
end

local function write(frame)
    local at = 0
    while at < #frame do
        local written, _, code = unistd.write(connection, frame, #frame - at, at)
        if not written and code ~= errno.EINTR then leave(0) end   -- the gateway has closed the connection
        at = at + (written or 0)
    end
end

-- The next bytes; the process ends where the gateway has closed the connection.
local function read_some()
    local bytes, code, _
    repeat
        bytes, _, code = unistd.read(connection, CHUNK)
    until bytes or code ~= errno.EINTR
    if not bytes or bytes == "" then leave(0) end
    return bytes
end

-- What begins with these bytes, and has at least this size.
local function read_rest(bytes, size)
    local parts, count, available = { bytes }, 1, #bytes
    while available < size do
        count = count + 1
        parts[count] = read_some()
        available = available + #parts[count]
    end
    return concat(parts)
end

-- The next frame: kind, id and all its bytes. Most reads bring exactly one.
local function read_frame()
    local bytes = unread
    if #bytes < frames.HEAD then bytes = read_rest(bytes, frames.HEAD) end
    local size, kind, id = frames.read_head(bytes)
    if #bytes < size then bytes = read_rest(bytes, size) end
    unread = #bytes > size and sub(bytes, size + 1) or ""
    return kind, id, bytes
end

-- Threads do not survive a fork; an open file's position, lock or connection would be everybody's.
local function shared_state()
    return #dirent.dir("/proc/self/fd") .. "," .. #dirent.dir("/proc/self/task")
end

local function is_callable(value)
    local metatable = getmetatable(value)
    return type(value) == "function" or type(metatable) == "table" and metatable.__call ~= nil
end

-- Runs the function's file: the function that it returns, else the one that it calls main, else none.
local function load_function(file)
    local folder, modules = match(file, "^(.*)/"), unistd.getcwd() .. "/.rocks"
    package.path = concat({
        folder .. "/?.lua", folder .. "/?/init.lua",
        modules .. "/share/lua/5.4/?.lua", modules .. "/share/lua/5.4/?/init.lua", package.path,
    }, ";")
    package.cpath = modules .. "/lib/lua/5.4/?.so;" .. package.cpath
    local chunk, refusal = loadfile(file)
    if not chunk then error(refusal, 0) end
    local returned = chunk()
    return is_callable(returned) and returned or is_callable(rawget(_G, "main")) and _G.main or nil
end

-- Says why there is nothing to call, and ends.
local function give_up(code, message)
    write(frames.failure(frames.FAILED, 0, code, message))
    leave(1)
end

-- Calls a function that takes a request and a response, and says how it ended.
local function call(id, frame, run)
    local response = Response.new()
    local is_done, message = xpcall(run, describe, frames.read_request(frame), response)
    sethook()
    if not is_done then return frames.failure(frames.ERROR, id, 500, message) end
    local status, kind, text = response[1], response[2], response[3]
    return status and frames.answer(id, status, kind, text) or frames.frame(frames.SILENT, id, "")
end

-- Prints to other pipes from now on.
local function open_output(folder)
    for descriptor, name in ipairs({ "stdout", "stderr" }) do
        local pipe = fcntl.open(folder .. "/" .. name, fcntl.O_WRONLY)
        if not pipe then leave(0) end
        unistd.dup2(pipe, descriptor)
        unistd.close(pipe)
    end
end

-- Makes a fresh fork a worker of its own.
local function become_worker(folder)
    unistd.setpid("s")
    open_output(folder)
    randomseed()   -- or all forks draw the same numbers
    unistd.close(connection)
    unread = ""   -- the forks after this one are the template's to make
    connect(folder .. "/socket")
    write(frames.ready(frames.SERIAL, FLAGS))
end

-- Forks twice, so that the new worker's parent is PID 1.
local function fork(folder)
    io.stdout:flush()   -- or all forks print it, too
    local between = unistd.fork()
    if between == 0 then
        local child = unistd.fork()
        if child == 0 then return become_worker(folder) end
        unistd._exit(child and 0 or 1)
    end
    local _, how, status = wait.wait(between or -1)
    if how ~= "exited" or status ~= 0 then leave(1) end
end

-- Connects to the gateway, loads the function, serves.
function worker.run(path, arguments)
    if not path or #arguments ~= 1 then
        io.stderr:write("this is the worker of a Lua function, which the gateway starts; run /usr/local/src/launch.sh instead\n")
        os.exit(USAGE_ERROR)
    end
    local file = arguments[1]
    arguments[1] = nil
    for _, name in ipairs({ "RUNTIME_SOCKET", "RUNTIME_SHAPE" }) do stdlib.setenv(name, nil) end
    posix_signal.signal(posix_signal.SIGPIPE, posix_signal.SIG_IGN)
    io.stdout:setvbuf("line")
    connect(path)
    describe = errors.describer(unistd.getcwd())
    local inherited = shared_state()
    local is_loaded, run = xpcall(load_function, describe, file)
    if not is_loaded then give_up(500, run) end
    if not run then give_up(404, match(file, "[^/]*$") .. " " .. WANTED) end
    write(frames.ready(shared_state() == inherited and frames.TEMPLATE or frames.SERIAL, FLAGS))
    while true do
        local kind, id, frame = read_frame()
        if kind == CALLED then
            write(context and context.call(run, describe, id, frame, write) or call(id, frame, run))
        elseif kind == frames.PING then
            write(frames.frame(frames.PONG, id, ""))
        elseif kind == frames.FORK then
            fork(frames.read_folder(frame))
        elseif kind == frames.OUTPUT then
            open_output(frames.read_folder(frame))
        end
    end
end

return worker
