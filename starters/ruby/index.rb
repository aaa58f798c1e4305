require "json"

def main(req, res)
  given = begin
    JSON.parse(req.payload.empty? ? "{}" : req.payload)
  rescue JSON::ParserError
    nil
  end
  return res.json({ error: 'send a JSON object, such as {"name": "you"}' }, 400) unless given.is_a?(Hash)

  greeting = req.env.fetch("GREETING", "Hello")
  name = given.fetch("name", "World")
  res.json({ message: "#{greeting}, #{name}!", client: req.headers.fetch("user-agent", "unknown") })
end
