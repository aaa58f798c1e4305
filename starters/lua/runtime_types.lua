---@meta
-- What a function is called with, for editors. The runtime passes tables of its own; nothing loads this file.

---@class Request
---@field env table<string, string>
---@field headers table<string, string>
---@field payload string

---@class Response
local Response = {}

---Answers with text.
---@param text string
---@param status? integer
---@return Response
function Response:send(text, status) end

---Answers with a value as JSON.
---@param value any
---@param status? integer
---@return Response
function Response:json(value, status) end
