# frozen_string_literal: true

# The probe: does whatever the payload's action says (tests/resources/probe/README.md).

require "json"

module Probe
  LATE = 0.05

  class CustomError < StandardError; end

  class BareError < Exception; end

  class UnprintableError < StandardError
    def message = raise(ArgumentError, "no text")
  end

  module_function

  # Does something shortly after the function has ended.
  def soon = Thread.new { sleep LATE; yield }

  def recurse = recurse + 1

  def cause
    raise KeyError, "inner"
  rescue KeyError
    raise "outer"
  end

  THROWERS = {
    "error" => ->(text) { raise text },
    "custom" => -> { raise CustomError, "custom text" },
    "base" => -> { raise BareError, "bare" },
    "exit" => -> { exit 3 },
    "interrupt" => -> { raise Interrupt },
    "symbol" => -> { throw :probe },
    "recursion" => -> { recurse },
    "odd" => -> { raise "odd \xff\0\u202e text" },
    "long" => -> { raise "x" * 1_000_000 },
    "unprintable" => -> { raise UnprintableError },
    "cause" => -> { cause },
    "divide" => -> { 1 / 0 },
  }.freeze

  CYCLE = [].tap { |cycle| cycle << cycle }.freeze

  UNSERIALISABLE = {
    "nan" => Float::NAN,
    "infinity" => [Float::INFINITY],
    "cycle" => CYCLE,
    "bytes" => { held: "\xff\xfe".b },
    "function" => -> {},
    "object" => Object.new,
  }.freeze

  # How often the work could be done, and what stopped it.
  def until_error(times)
    done = 0
    times.times { yield; done += 1 }
    [done, nil]
  rescue SystemCallError, NoMemoryError => error
    [done, error.message]
  end

  def start_sleeper = Process.spawn("sleep", "60", in: File::NULL, pgroup: true)

  def changed(req)
    req.env["MUTATED"] = req.headers["mutated"] = "yes"
    req.payload = "mutated"
    req
  end

  def fill(path, mib)
    written = 0
    File.open(path, "wb") do |file|
      _, error = until_error(mib) { written += file.syswrite("x" * 2**20) }
      { written: written, error: error }
    end
  end

  def print_lines(lines, stream, bytes, text)
    stream = stream == "stderr" ? $stderr : $stdout
    1.upto(lines) { |number| stream.puts (text || "line #{number} ").ljust(bytes, "x").rstrip }
  end

  def tamper
    Dir.chdir("/")
    ENV.clear
    ENV["TZ"] = "Pacific/Kiritimati"
    String.class_eval { def ==(_other) = true }
    Process.singleton_class.class_eval { def exit!(*) = nil }
    JSON.singleton_class.class_eval { def generate(*) = nil }
  end

  def shown(req) = { env: req.env, payload: req.payload, headers: req.headers }

  ACTIONS = {
    "answer" => ->(req, res, **) { res.json(shown(req)) },
    "text" => ->(_, res, text: "Hello", **) { res.send(text) },
    "json" => ->(_, res, value: nil, **) { res.json(value) },
    "both" => ->(_, res, **) { res.send("first"); res.json({ last: true }) },
    "none" => ->(*, **) {},
    "twice" => ->(_, res, **) { res.send("first"); res.send("second"); nil },
    "late" => ->(_, res, **) { soon { res.send("too late") }; res.send("in time") },
    "late_error" => ->(_, res, **) { soon { raise "late probe error" }; res.send("in time") },
    "status" => ->(_, res, status:, **) { res.send("status", status) },
    "bytes" => ->(_, res, **) { res.send("\xff\xfe".b) },
    "unserialisable" => ->(_, res, kind:, **) { res.json(UNSERIALISABLE.fetch(kind)) },
    "throw" => lambda do |_, res, kind: "error", text: "probe error", **|
      res.send("answered before the error")
      thrower = THROWERS.fetch(kind)
      thrower.call(*[text].first(thrower.arity))
    end,
    "sleep" => ->(_, res, seconds: 1, **) { sleep seconds; res.send("slept") },
    "block" => ->(_, res, seconds: 1, **) { sleep seconds; res.send("blocked") },
    "spin" => lambda do |_, res, seconds: nil, **|
      now = -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }
      ends = now.call + (seconds || Float::INFINITY)
      nil while now.call < ends
      res.send("spun")
    end,
    "exit" => ->(_, _, code: 0, **) { exit! code },
    "abort" => lambda do |_, _, line: nil, **|
      File.write("/tmp/begun", "#{line}\n", mode: "a") if line
      Process.kill(:ABRT, Process.pid)
      sleep
    end,
    "print" => lambda do |_, res, lines: 1, stream: "stdout", bytes: 0, text: nil, **|
      print_lines(lines, stream, bytes, text)
      res.send("printed")
    end,
    "allocate" => lambda do |_, res, mib: 1, **|
      held = Array.new(mib) { "x" * 2**20 }
      res.send(held.empty? ? "nothing" : "allocated")
    end,
    "environ" => ->(_, res, **) { res.json(ENV.to_h) },
    "read" => ->(_, res, path:, **) { res.send(File.read(path).scrub) },
    "kill" => ->(_, res, pid:, signal: 9, **) { Process.kill(signal, pid); res.send("killed") },
    "spawn" => ->(_, res, **) { res.json({ pid: start_sleeper }) },
    "forks" => lambda do |_, res, count: 200, **|
      started, error = until_error(count) { start_sleeper }
      res.json({ started: started, error: error })
    end,
    "descriptors" => lambda do |_, res, count: 100_000, **|
      held = []
      opened, error = until_error(count) { held << File.open(File::NULL) }
      res.json({ opened: opened, error: error })
    end,
    "fill" => ->(_, res, path: "/tmp/filled", mib: 1024, **) { res.json(fill(path, mib)) },
    "tamper" => ->(_, res, **) { tamper; res.send("tampered") },
    "mutate" => ->(req, res, **) { res.json(shown(changed(req))) },
    "counter" => ->(_, res, **) { res.json({ counter: @counter = (@counter || 0) + 1 }) },
    "pid" => ->(_, res, **) { res.json({ pid: Process.pid }) },
    "uid" => ->(_, res, **) { res.json({ uid: Process.uid, gid: Process.gid }) },
    "big" => ->(_, res, bytes:, **) { res.send("x" * bytes) },
    "proto" => ->(req, res, **) { res.json({ value: req.env["__proto__"] }) },
  }.freeze

  def options(payload)
    found = JSON.parse(payload, symbolize_names: true)
    found.is_a?(Hash) ? found : {}
  rescue JSON::ParserError
    {}
  end
end

def main(req, res)
  options = Probe.options(req.payload)
  Probe::ACTIONS.fetch(options.delete(:action) || "answer").call(req, res, **options)
end
