require "json"

def main(context)
  context.log("called with", context.req.method, context.req.path)
  given = begin
    JSON.parse(context.req.body_text.empty? ? "{}" : context.req.body_text)
  rescue JSON::ParserError
    nil
  end
  return context.res.json({ error: 'send a JSON object, such as {"name": "you"}' }, 400) unless given.is_a?(Hash)

  greeting = ENV.fetch("GREETING", "Hello")
  name = given.fetch("name", "World")
  client = context.req.headers.fetch("user-agent", "unknown")
  context.res.json({ message: "#{greeting}, #{name}!", client: client })
end
