require "json"

# What GREETING says to whom the payload names.
def main(req, res)
  payload = JSON.parse(req.payload.empty? ? "{}" : req.payload)
  greeting = req.variables["GREETING"] || "Hello"
  res.json({ message: "#{greeting}, #{payload["name"] || "World"}!", client: req.headers["user-agent"] })
end
