# frozen_string_literal: true

# The Ruby worker: loads one function file and answers the gateway's requests with it (docs/worker-protocol.md).

require "socket"
require_relative "runtime_adapter/errors"
require_relative "runtime_adapter/frames"
require_relative "runtime_adapter/serial"

module RuntimeAdapter
  USAGE_ERROR = 64

  module_function

  # Connects to the gateway, loads the function, serves.
  def run(arguments)
    path = ENV.delete("RUNTIME_SOCKET")
    takes_context = ENV.delete("RUNTIME_SHAPE") == "context"
    unless path && arguments.size == 1
      warn "this is the worker of a Ruby function, which the gateway starts; run /usr/local/src/launch.sh instead"
      exit USAGE_ERROR
    end
    $stdout.sync = true
    serve(Connection.new(path), arguments.shift, takes_context)
  rescue Errno::EPIPE, Errno::ECONNRESET
    exit! 0 # the gateway has closed the connection
  end

  # Loads the function and answers requests: as a template, where forks of this process are safe.
  def serve(connection, file, takes_context)
    kind = shape(takes_context)
    inherited = shared_state
    begin
      load_gems(takes_context ? %w[.ruby-gems vendor/bundle] : %w[.ruby-gems])
      require "json" if takes_context # functions of that protocol find it there
      function = load_function(file)
    rescue Exception => error
      give_up(connection, 500, Errors.describe(error))
    end
    refusal = kind.refusal(function)
    give_up(connection, 404, "#{File.basename(file)} #{refusal}") if refusal
    # What has survived three collections is old: the forks' own collections leave it alone, and its memory shared.
    3.times { GC.start }
    connection.write(Frames.ready(shared_state == inherited ? Frames::TEMPLATE : Frames::SERIAL, kind::FLAGS))
    Serial.new(connection, function, kind).run
  end

  # The class that calls functions of this shape; what the other one needs is not loaded.
  def shape(takes_context)
    require_relative(takes_context ? "runtime_adapter/context_calls" : "runtime_adapter/calls")
    takes_context ? ContextCalls : Calls
  end

  # Says why there is nothing to call, and ends.
  def give_up(connection, code, message)
    connection.write(Frames.failure(Frames::FAILED, 0, code, message))
    exit! 1
  end

  # Puts what the build has installed on the load path; the first of the folders that is there counts.
  def load_gems(folders)
    gems = folders.map { |folder| File.join(Dir.pwd, folder, "bundler/setup.rb") }
    found = gems.find { |file| File.file?(file) }
    load found if found
  end

  # Runs the function's file; what it defines as `main`, or nil.
  def load_function(file)
    $LOAD_PATH.unshift(File.dirname(file))
    $LOADED_FEATURES << file # another file that requires this one does not run it twice
    load file
    main = TOPLEVEL_BINDING.receiver
    main.method(:main) if main.respond_to?(:main, true)
  end

  # Threads do not survive a fork; an open file's position, lock or connection would be everybody's.
  def shared_state
    [Thread.list.size, Dir.children("/proc/self/fd").size, Dir.children("/proc/self/task").size]
  end
end

RuntimeAdapter.run(ARGV)
