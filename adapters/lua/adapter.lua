-- The Lua worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).

local own_folder = arg[0]:match("^(.*)/") or "."
local path, inherited = package.path, {}
for name in pairs(package.loaded) do inherited[name] = true end

package.path = own_folder .. "/?.lua;" .. path
local worker = require("runtime_adapter.worker")
package.path = path

-- The function sees nothing of what the adapter has loaded, and may have versions of its own (contract L4).
for name in pairs(package.loaded) do
    if not inherited[name] then package.loaded[name] = nil end
end

worker.run(os.getenv("RUNTIME_SOCKET"), arg)
