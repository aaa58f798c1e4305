---@meta
-- What a function is called with, for editors. The runtime passes tables of its own; nothing loads this file.

---@alias Headers table<string, string|number|(string|number)[]> A list stands for several headers of one name.

---@class Result What the methods of Response return, which is what a function returns.

---@class Context
---@field req Request
---@field res Response
local Context = {}

---Adds an entry to the request's logs.
---@param ... any
function Context:log(...) end

---Adds an entry to the request's errors.
---@param ... any
function Context:error(...) end

---@class Request
---@field method string
---@field scheme string
---@field host string
---@field port integer
---@field path string As it was sent, not decoded.
---@field query_string string
---@field url string
---@field query table<string, string> Values are not decoded.
---@field headers table<string, string> Names are in lower case.
---@field body_binary string The bytes.
---@field body_text string As UTF-8.
---@field body_json any Raises an error if the body is no JSON.
---@field body_raw string The old name of body_text.
---@field body any The parsed JSON if the Content-Type says so, else the text.

---@class Response
local Response = {}

---@param body string|number|boolean
---@param status? integer
---@param headers? Headers
---@return Result
function Response:text(body, status, headers) end

---@param bytes string
---@param status? integer
---@param headers? Headers
---@return Result
function Response:binary(bytes, status, headers) end

---@param value any
---@param status? integer
---@param headers? Headers
---@return Result
function Response:json(value, status, headers) end

---The old name of text.
---@param body string|number|boolean
---@param status? integer
---@param headers? Headers
---@return Result
function Response:send(body, status, headers) end

---@param url string
---@param status? integer The default is 301.
---@param headers? Headers
---@return Result
function Response:redirect(url, status, headers) end

---Status 204.
---@return Result
function Response:empty() end
