# A thread for each connection of the standard library's sockets, since Ruby brings no HTTP server any more: what the
# runtime is compared with.
require 'json'
require 'socket'

def serve(client)
  while (line = client.gets)
    size = 0
    until (line = client.gets.chomp).empty?
      size = line[/\d+/].to_i if line.downcase.start_with?('content-length:')
    end
    request = JSON.parse(client.read(size))
    body = JSON.generate({ normal: 'Hello World!', env1: request['env']['ENV1'], payload: request['payload'] })
    client.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: #{body.bytesize}\r\n\r\n#{body}")
  end
rescue SystemCallError, IOError
  nil
ensure
  client.close
end

Socket.tcp_server_loop('0.0.0.0', 3000) do |client, _|
  client.setsockopt(:TCP, :NODELAY, true)
  Thread.new { serve(client) }
end
