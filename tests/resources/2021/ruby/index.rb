require 'json'
require 'greeting'

def main(req, res)
    puts "asked for #{req.headers['host'] || 'nobody'}"

    payload = req.payload.empty? ? 'nothing' : req.payload

    return res.json({
        'normal' => Greeting.greet('World'),
        'env1' => req.env['ENV1'],
        'payload' => payload,
    })
end
