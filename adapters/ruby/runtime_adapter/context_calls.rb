# frozen_string_literal: true

require_relative "context"
require_relative "frames"
require_relative "printing"

module RuntimeAdapter
  # Where the entries of one call go, until it ends.
  class Journal
    def initialize(connection, id, is_wanted)
      @connection = connection
      @id = id
      @is_open = is_wanted
      @is_closed = false
      @turn = Mutex.new # threads of the function may log, too
      @process = Process.pid # a child that the function forks is none of the gateway's
    end

    # Writes one entry.
    def write(stream, text)
      flush # what was printed before stands before it
      @turn.synchronize do
        @connection.write(Frames.log(@id, stream, text)) if @is_open && @process == Process.pid
      end
    end

    # Whether the call has ended, in the process that it ran in.
    def late? = @is_closed && @process == Process.pid

    # Has the gateway print what the function has printed after its end: it is in no request's log (V16).
    def print_late(stream, text)
      @turn.synchronize { @connection.write(Frames.log(@id, stream, text, 1)) }
    end

    # What comes later is not this call's (V34).
    def close
      @turn.synchronize do
        @is_open = false
        @is_closed = true
      end
      flush
    end

    private

    def flush
      $stdout.flush
    rescue StandardError
      nil # the function has closed or replaced it
    end
  end

  # Calls of functions that take a context, from CALL to RESULT (docs/worker-protocol.md).
  class ContextCalls
    FLAGS = Frames::TAKES_CONTEXT | Frames::CHANGES_OUTPUT
    WANTED = "defines no function main(context). Did you forget to export a 'main' function?"
    # What is wrong with a function that only the other protocol's call can call.
    OTHER = "defines a function main(req, res), which the contract of 2021 calls; this server speaks the open-runtimes " \
            "protocol (v5), which calls main(context): use an image of the other protocol, or change the function"

    # Why a function could never be called, or nil.
    def self.refusal(function)
      return WANTED unless function

      needed = function.arity.negative? ? ~function.arity : function.arity
      OTHER if needed > 1
    end

    def initialize(connection, function)
      @connection = connection
      @function = function
      Printing.follow
    end

    # The frame that calls the function.
    def called = Frames::CALL

    # Calls the function and says how it ended.
    def call(id, body)
      logging, request = read(body)
      journal = Journal.new(@connection, id, logging)
      Printing.begin(journal)
      returned = @function.call(Context.new(request, journal))
      returned.nil? ? Frames.frame(Frames::SILENT, id) : result(id, returned)
    rescue Exception => error
      Frames.failure(Frames::ERROR, id, 500, Errors.describe(error))
    ensure
      journal&.close
    end

    private

    # The body of a CALL: whether logs are wanted, and the request.
    def read(body)
      fields = {}
      at = 1
      %i[method scheme host].each { |name| fields[name], at = Frames.read_string(body, at) }
      fields[:port] = body.unpack1("n", offset: at)
      at += 2
      %i[path query_string url].each { |name| fields[name], at = Frames.read_string(body, at) }
      %i[query headers].each { |name| fields[name], at = Frames.read_map(body, at) }
      [body.getbyte(0).allbits?(1), ContextRequest.new(**fields, body_binary: body.byteslice(at..))]
    end

    # The RESULT of what context.res gives, or of a hash like it.
    def result(id, returned)
      raise TypeError, "the function must return what context.res gives, not #{returned.class}" unless returned.is_a?(Hash)

      given = returned.transform_keys(&:to_sym)
      body, status, headers = given.fetch(:body, ""), given.fetch(:statusCode, 200), given[:headers] || {}
      raise TypeError, "the status must be an Integer, not #{status.class}" unless status.is_a?(Integer)
      raise TypeError, "the body must be text or bytes (a String), not #{body.class}" unless body.is_a?(String)

      pairs = headers.flat_map { |name, values| [*values].map { |value| [name.to_s, value.to_s] } }
      Frames.result(id, status, pairs, body)
    end
  end
end
