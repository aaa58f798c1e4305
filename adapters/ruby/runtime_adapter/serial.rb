# frozen_string_literal: true

require_relative "frames"

module RuntimeAdapter
  # The blocking connection of a serial worker or a template.
  class Connection
    CHUNK = 65_536
    SET_FLAGS = 4 # F_SETFL, whose name only a further library brings

    def initialize(path)
      @socket = UNIXSocket.new(path)
      @socket.fcntl(SET_FLAGS, 0) # it blocks: Ruby would try to read, wait, and try again, three calls for one
      @buffer = String.new(encoding: Encoding::BINARY)
      @chunk = String.new(capacity: CHUNK) # each read fills it again: Ruby would take a fresh one each time
    end

    def write(frame) = @socket.write(*frame)

    def close = @socket.close

    # The next frame: kind, id, body; nil once the gateway has closed the connection.
    def read
      until (frame = Frames.take(@buffer))
        @buffer << @socket.readpartial(CHUNK, @chunk)
      end
      frame
    rescue EOFError
      nil
    end
  end

  # Answers one request after the other; as a template, makes one fork after the other.
  class Serial
    # Bodies of this size are not left to the collector's own time: the workers share one limit of memory.
    LARGE = 1 << 20

    # `kind` is the class of the function's shape, Calls or ContextCalls.
    def initialize(connection, function, kind)
      @connection = connection
      @function = function
      @kind = kind
      @calls = kind.new(connection, function)
      @called = @calls.called
    end

    def run
      while (moved = handle(*@connection.read))
        GC.start if moved > LARGE
      end
      exit! 0
    end

    private

    # Does what a frame asks for; how many bytes that moved, or nil at the end of the connection.
    def handle(kind = nil, id = 0, body = "")
      case kind
      when @called then body.bytesize + @connection.write(@calls.call(id, body))
      when Frames::PING then @connection.write(Frames.frame(Frames::PONG, id))
      when Frames::OUTPUT then open_output(Frames.read_string(body, 0).first)
      when Frames::FORK then fork_worker(body)
      end
    end

    # Forks twice, so that the new worker's parent is PID 1.
    def fork_worker(body)
      folder, = Frames.read_string(body, 0)
      between = Process.fork do
        Process.fork { become_worker(folder) }
        exit! 0
      end
      _, status = Process.wait2(between)
      status.success? ? 0 : exit!(1)
    end

    # Prints to other pipes from now on.
    def open_output(folder)
      STDOUT.reopen(File.join(folder, "stdout"), "w")
      STDERR.reopen(File.join(folder, "stderr"), "w")
      STDOUT.sync = STDERR.sync = true # reopening has made both keep text back
      0
    end

    # Makes a fresh fork a worker of its own, and serves.
    def become_worker(folder)
      Process.setsid
      open_output(folder)
      @connection.close
      @connection = Connection.new(File.join(folder, "socket"))
      @calls = @kind.new(@connection, @function)
      @connection.write(Frames.ready(Frames::SERIAL, @kind::FLAGS))
      run
    rescue SystemCallError
      exit! 0 # the gateway has given this worker up
    end
  end
end
