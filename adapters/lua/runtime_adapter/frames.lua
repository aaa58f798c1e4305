-- The frames between gateway and worker, as docs/worker-protocol.md describes them.

local abs, concat, pack, sub, unpack = math.abs, table.concat, string.pack, string.sub, string.unpack

local frames = {
    REQUEST = 0x01, PING = 0x02, FORK = 0x03, CALL = 0x04, OUTPUT = 0x05,
    READY = 0x11, FAILED = 0x12, ANSWER = 0x14, ERROR = 0x15, PONG = 0x16, SILENT = 0x17,
    LOG = 0x18, RESULT = 0x19,
    CONTEXT_FLAGS = 0x06,   -- of READY: the function takes a context, the worker understands OUTPUT
    LOGGING = 0x01,   -- flag of CALL
    SERIAL = 0, TEMPLATE = 1,
    TEXT = 0, JSON = 1,
    HEAD = 9,   -- bytes of size, kind and id
}

-- Bytes of kind and id, which the field `size` counts in.
local KIND_AND_ID = 5
-- Bytes of an ANSWER's status and type.
local STATUS_AND_TYPE = 5
-- Where in a frame its body begins.
local BODY = frames.HEAD + 1

-- One frame, ready to be written.
function frames.frame(kind, id, body)
    return pack(">I4BI4", KIND_AND_ID + #body, kind, id) .. body
end

-- A READY frame. Flags, if there are any, are the last byte.
function frames.ready(mode, flags)
    return frames.frame(frames.READY, 0, pack(">BI4", mode, 1) .. (flags and pack("B", flags) or ""))
end

-- An ANSWER frame. A status that no i32 can hold is out of range anyway, which the gateway says.
function frames.answer(id, status, kind, text)
    local held = abs(status) < 2 ^ 31 and status or -1
    return pack(">I4BI4i4B", KIND_AND_ID + STATUS_AND_TYPE + #text, frames.ANSWER, id, held, kind) .. text
end

-- A RESULT frame; of its status, as of an ANSWER's. Names and values of headers follow one another.
function frames.result(id, status, texts, body)
    local held = abs(status) < 2 ^ 31 and status or -1
    local parts = { pack(">i4I4", held, #texts // 2) }
    for index = 1, #texts do parts[index + 1] = pack(">s4", texts[index]) end
    parts[#parts + 1] = body
    return frames.frame(frames.RESULT, id, concat(parts))
end

-- A LOG frame of what the context was told.
function frames.log(id, stream, text)
    return frames.frame(frames.LOG, id, pack("BB", stream, 0) .. text)
end

-- A FAILED or ERROR frame.
function frames.failure(kind, id, code, message)
    return frames.frame(kind, id, pack(">I2s4", code, message))
end

-- What a frame's first bytes say: the size of the whole frame, kind, id.
function frames.read_head(bytes)
    local size, kind, id = unpack(">I4BI4", bytes)
    return frames.HEAD - KIND_AND_ID + size, kind, id
end

-- The folder that a FORK or an OUTPUT names.
function frames.read_folder(frame)
    return (unpack(">s4", frame, BODY))
end

local function read_map(bytes, at)
    local map, count, key = {}, nil, nil
    count, at = unpack(">I4", bytes, at)
    for _ = 1, count do
        key, at = unpack(">s4", bytes, at)
        map[key], at = unpack(">s4", bytes, at)
    end
    return map, at
end

-- What a REQUEST holds, as the function's `req`.
function frames.read_request(frame)
    local env, headers, at
    env, at = read_map(frame, BODY)
    headers, at = read_map(frame, at)
    return { env = env, variables = env, headers = headers, payload = (unpack(">s4", frame, at)) }
end

-- What a CALL holds: its flags, and the fields of the function's `context.req`.
function frames.read_call(frame)
    local flags, fields, at = nil, {}, nil
    flags, fields.method, fields.scheme, fields.host, fields.port, fields.path, fields.query_string, fields.url, at =
        unpack(">Bs4s4s4I2s4s4s4", frame, BODY)
    fields.query, at = read_map(frame, at)
    fields.headers, at = read_map(frame, at)
    fields.body_binary = sub(frame, at)
    return flags, fields
end

return frames
