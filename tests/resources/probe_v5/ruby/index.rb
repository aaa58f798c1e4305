# frozen_string_literal: true

# The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md).

require "digest"
require "json"

module Probe
  module_function

  def seen(req)
    {
      method: req.method, scheme: req.scheme, host: req.host, port: req.port, path: req.path, queryString: req.query_string,
      url: req.url, query: req.query, headers: req.headers, size: req.body_binary.bytesize,
      sha256: Digest::SHA256.hexdigest(req.body_binary)
    }
  end

  def body(req)
    { kind: req.body.is_a?(String) ? "string" : "object", body: req.body, text: req.body_text, raw: req.body_raw }
  end

  # Runs a command of the shell whose output is this function's own.
  def child(command) = system("sh", "-c", command)

  # What the work gives; the name of the system's error if it is refused.
  def error_name
    yield
  rescue SystemCallError => error
    error.class.name.delete_prefix("Errno::")
  end

  def mixed(context, name, lines)
    lines.times do |line|
      context.log("#{name} log #{line}")
      sleep line % 3 / 1000.0
      puts "#{name} print #{line}"
      child(%(for n in 0 1 2 3 4 5 6 7 8 9; do echo "#{name} child $((#{line} + n))"; done)) if (line % 10).zero?
      context.error("#{name} error #{line}")
    end
    context.res.text(name)
  end

  def fill(path, mib)
    File.open(path, "wb") { |file| mib.times { file.syswrite("x" * 2**20) } }
    "written"
  end

  def log(context, logs: [], errors: [], prints: [])
    prints.each { |each| puts each }
    logs.each { |each| context.log(each) }
    errors.each { |each| context.error(each) }
    context.res.text("logged")
  end

  def values(context)
    context.log("one", 2, true, "naïve 🎉")
    context.log({ a: [1, "b"] }, [1, { c: nil }])
    begin
      raise "logged"
    rescue RuntimeError => error
      context.error(error)
    end
    context.res.text("logged")
  end

  def prints(context)
    puts "printed 1"
    context.log("logged 2")
    warn "printed 3"
    puts "printed 4\nprinted 5"
    context.res.text("printed")
  end

  def flood(context, how:, entries:, characters:)
    entry = "é" * characters
    entries.times { how == "print" ? puts(entry) : context.log(entry) }
    context.res.text("logged")
  end

  def late(context)
    Thread.new do
      sleep 0.1
      context.log("late")
      puts "late, printed"
    end
    context.res.text("answered")
  end

  def signal(pid, name)
    target = { "parent" => Process.ppid, "self" => Process.pid }.fetch(pid, pid)
    said = error_name { Process.kill(name, target) && "sent" }
    sleep 0.05
    said
  end

  ACTIONS = {
    "seen" => ->(context) { context.res.json(seen(context.req)) },
    "body" => ->(context) { context.res.json(body(context.req)) },
    "body-json" => ->(context) { context.res.json({ value: context.req.body_json }) },
    "echo" => ->(context) { context.res.binary(context.req.body_binary, 200, { "content-type": "application/octet-stream" }) },
    "text" => ->(context, text: "text", status: 200, headers: {}) { context.res.text(text, status, headers) },
    "json" => ->(context, value:, status: 200, headers: {}) { context.res.json(value, status, headers) },
    "binary" => ->(context) { context.res.binary((0..255).to_a.pack("C*")) },
    "empty" => ->(context) { context.res.empty },
    "redirect" => ->(context, url:, status: 301) { context.res.redirect(url, status) },
    "send" => ->(context, body:) { context.res.send(body) },
    "big" => ->(context, bytes:) { context.res.binary("x" * bytes) },
    "many-headers" => lambda do |context, number:, size:|
      context.res.text("text", 200, Array.new(number) { |at| ["x-#{at}", "v" * size] }.to_h)
    end,
    "not-returned" => lambda do |context|
      context.res.text("first", 201)
      context.res.text("second")
    end,
    "nothing" => lambda do |context|
      context.res.text("not returned")
      nil
    end,
    "throws" => lambda do |context|
      context.log("before")
      raise TypeError, "on purpose"
    end,
    "log" => ->(context, **given) { log(context, **given) },
    "values" => ->(context) { values(context) },
    "prints" => ->(context) { prints(context) },
    "flood" => ->(context, **given) { flood(context, **given) },
    "child" => lambda do |context, command:|
      child(command)
      context.res.text("ended")
    end,
    "mixed" => ->(context, name:, lines:) { mixed(context, name, lines) },
    "sleep" => lambda do |context, seconds:, logs: [], text: "slept"|
      logs.each { |each| context.log(each) }
      sleep seconds
      context.log("too late")
      context.res.text(text)
    end,
    "spin" => lambda do |context|
      context.log("before")
      nil while true
    end,
    "late" => ->(context) { late(context) },
    "exit" => lambda do |context, code:|
      context.log("before")
      exit! code
    end,
    "abort" => lambda do |context|
      context.log("before")
      Process.kill(:ABRT, Process.pid)
      sleep
    end,
    "signal" => ->(context, pid:, name:) { context.res.text(signal(pid, name)) },
    "environment" => ->(context) { context.res.json(ENV.to_h) },
    "identity" => lambda do |context|
      context.res.json({ user: Process.uid, group: Process.gid, groups: Process.groups, folder: __dir__ })
    end,
    "read" => lambda do |context, path:|
      context.res.binary(File.binread(path))
    rescue SystemCallError => error
      context.res.text(error_name { raise error }, 403)
    end,
    "write" => lambda do |context, path:, text:|
      File.write(path, text, mode: "a")
      context.res.text("written")
    rescue SystemCallError => error
      context.res.text(error_name { raise error }, 403)
    end,
    "fill" => lambda do |context, path:, mib:|
      said = error_name { fill(path, mib) }
      File.delete(path) if File.exist?(path)
      context.res.text(said)
    end,
  }.freeze
end

def main(context)
  headers = context.req.headers
  given = JSON.parse(headers.fetch("x-with", "{}"), symbolize_names: true)
  Probe::ACTIONS.fetch(headers.fetch("x-action", "seen")).call(context, **given)
end
