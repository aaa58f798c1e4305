-- What an executor asks of a function.
local greeting = require("greeting")
local posix_signal = require("posix.signal")
local stdlib = require("posix.stdlib")
local unistd = require("posix.unistd")

return function(context)
    local req, res = context.req, context.res
    context:log("called", req.method, req.path, greeting.text)
    if req.path == "/sleep" then
        unistd.sleep(30)
    elseif req.path == "/crash" then
        posix_signal.kill(unistd.getpid(), posix_signal.SIGKILL)
    elseif req.path == "/echo" then
        return res:binary(req.body_binary, 201, { ["x-made-by"] = "a function" })
    elseif req.path == "/write" then
        assert(io.open("/tmp/written", "w")):close()
        local _, problem = io.open("/mnt/logs/forged_logs.log", "w")
        if problem and problem:find("Permission denied") then context:error("EACCES") end
    end
    return res:json({
        env = stdlib.getenv(), headers = req.headers, folder = unistd.getcwd(), body = req.body_text, url = req.url,
    })
end
