require("index")

-- What the function is given: it notes what is logged, and returns what is answered.
local function call(body, env)
    local logged = {}
    os.getenv = function(name) return env and env[name] end
    local answer = main({
        req = { method = "POST", path = "/", headers = { ["user-agent"] = "test" }, body_text = body },
        res = { json = function(_, value, status) return { value = value, status = status or 200 } end },
        log = function(_, ...) logged[#logged + 1] = table.concat({ ... }, " ") end,
    })
    return answer, logged
end

-- It greets whoever is named, and logs the call.
local answer, logged = call('{"name": "you"}', { GREETING = "Good day" })
assert(answer.value.message == "Good day, you!", answer.value.message)
assert(answer.value.client == "test", answer.value.client)
assert(answer.status == 200, answer.status)
assert(table.concat(logged, "\n") == "called with POST /", logged[1])

-- It refuses what is no object.
for _, body in ipairs({ "no JSON", "[1]", "null", "0" }) do
    assert(call(body).status == 400, body)
end

print("ok")
