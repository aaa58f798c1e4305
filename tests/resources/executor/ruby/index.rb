# frozen_string_literal: true

# What an executor asks of a function.

require "fileutils"
require "greeting"

def write(context)
  FileUtils.touch("/tmp/written")
  File.write("/mnt/logs/forged_logs.log", "forged")
rescue Errno::EACCES
  context.error("EACCES")
end

def main(context)
  req = context.req
  context.log("called", req.method, req.path, Greeting::TEXT)
  case req.path
  when "/sleep" then sleep 30
  when "/crash" then Process.kill(:KILL, Process.pid)
  when "/echo" then return context.res.binary(req.body_binary, 201, { "x-made-by" => "a function" })
  when "/write" then write(context)
  end
  context.res.json({ env: ENV.to_h, headers: req.headers, folder: __dir__, body: req.body_text, url: req.url })
end
