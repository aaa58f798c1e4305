# frozen_string_literal: true

module RuntimeAdapter
  # The frames between gateway and worker, as docs/worker-protocol.md describes them.
  module Frames
    REQUEST, PING, FORK, CALL, OUTPUT = 0x01, 0x02, 0x03, 0x04, 0x05
    READY, FAILED, ANSWER, ERROR, PONG, SILENT = 0x11, 0x12, 0x14, 0x15, 0x16, 0x17
    LOG, RESULT = 0x18, 0x19
    SERIAL, TEMPLATE = 0, 1
    TEXT, JSON = 0, 1
    # Flags of READY: the function takes a context; the worker understands OUTPUT.
    TAKES_CONTEXT, CHANGES_OUTPUT = 0x02, 0x04
    HEAD = 9
    # A larger text is not copied to stand behind its frame's head: the two are written together as they are.
    COPIED = 65_536
    STATUSES = (-2**31...2**31).freeze

    module_function

    # One frame, as the strings that are to be written.
    def frame(kind, id = 0, body = "")
      [[5 + body.bytesize, kind, id, body].pack("NCNa*")]
    end

    # A READY frame. Flags, if there are any, are the last byte.
    def ready(mode, flags) = frame(READY, 0, flags.zero? ? [mode, 1].pack("CN") : [mode, 1, flags].pack("CNC"))

    # An ANSWER frame; a status that no i32 can hold is out of range anyway, which the gateway says.
    def answer(id, status, type, text)
      head = [10 + text.bytesize, ANSWER, id, STATUSES.cover?(status) ? status : -1, type]
      text.bytesize > COPIED ? [head.pack("NCNl>C"), text] : [head.push(text).pack("NCNl>Ca*")]
    end

    # A LOG frame: one entry of a call; origin 1: it was printed.
    def log(id, stream, text, origin = 0) = frame(LOG, id, [stream, origin, text].pack("CCa*"))

    # A RESULT frame; of the status, as of an ANSWER's. Headers are pairs of texts.
    def result(id, status, headers, body)
      head = [STATUSES.cover?(status) ? status : -1, headers.size].pack("l>N")
      headers.flatten.each { |text| head << [text.bytesize, text].pack("Na*") }
      [[5 + head.bytesize + body.bytesize, RESULT, id, head].pack("NCNa*"), body]
    end

    # A FAILED or ERROR frame.
    def failure(kind, id, code, message)
      frame(kind, id, [code, message.bytesize, message].pack("nNa*"))
    end

    # Takes the first whole frame off the front of `buffer`: kind, id, body; nil if there is none yet.
    def take(buffer)
      return if buffer.bytesize < HEAD

      size, kind, id = buffer.unpack("NCN")
      return if buffer.bytesize < 4 + size

      [kind, id, buffer.slice!(0, 4 + size).byteslice(HEAD..)]
    end

    # A `str` of the protocol and the position behind it.
    def read_string(body, start)
      size = body.unpack1("N", offset: start)
      [body.byteslice(start + 4, size).force_encoding(Encoding::UTF_8), start + 4 + size]
    end

    # The body of a REQUEST: env, headers, payload.
    def read_request(body)
      env, position = read_map(body, 0)
      headers, position = read_map(body, position)
      [env, headers, read_string(body, position).first]
    end

    # A `map` of the protocol and the position behind it.
    def read_map(body, position)
      map = {}
      count = body.unpack1("N", offset: position)
      position += 4
      count.times do
        key, position = read_string(body, position)
        map[key], position = read_string(body, position)
      end
      [map, position]
    end
  end
end
