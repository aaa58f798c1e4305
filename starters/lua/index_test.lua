require("index")

local Answer = {}
Answer.__index = Answer

function Answer:send(text, status)
    self.value, self.status = text, status or 200
    return self
end

Answer.json = Answer.send

local function call(payload, env)
    local answer = setmetatable({}, Answer)
    main({ env = env or {}, headers = { ["user-agent"] = "test" }, payload = payload }, answer)
    return answer
end

-- It greets whoever is named.
local answer = call('{"name": "you"}', { GREETING = "Good day" })
assert(answer.value.message == "Good day, you!", answer.value.message)
assert(answer.value.client == "test", answer.value.client)
assert(answer.status == 200, answer.status)

-- It refuses what is no object.
for _, payload in ipairs({ "no JSON", "[1]" }) do
    assert(call(payload).status == 400, payload)
end

print("ok")
