# frozen_string_literal: true

module RuntimeAdapter
  # The frames between gateway and worker, as docs/worker-protocol.md describes them.
  module Frames
    REQUEST, PING, FORK = 0x01, 0x02, 0x03
    READY, FAILED, ANSWER, ERROR, PONG, SILENT = 0x11, 0x12, 0x14, 0x15, 0x16, 0x17
    SERIAL, TEMPLATE = 0, 1
    TEXT, JSON = 0, 1
    HEAD = 9
    STATUSES = (-2**31...2**31).freeze

    module_function

    # One frame, as strings to be written together: bodies are too large to be copied without need.
    def frame(kind, id = 0, *body)
      [[5 + body.sum(&:bytesize), kind, id].pack("NCN"), *body]
    end

    # A READY frame.
    def ready(mode) = frame(READY, 0, [mode, 1].pack("CN"))

    # The body of an ANSWER; a status that no i32 can hold is out of range anyway, which the gateway says.
    def answer_body(status, type, text)
      [[STATUSES.cover?(status) ? status : -1, type].pack("l>C"), text]
    end

    # A FAILED or ERROR frame.
    def failure(kind, id, code, message)
      frame(kind, id, [code, message.bytesize].pack("nN"), message)
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
      position = 0
      maps = Array.new(2) do
        count = body.unpack1("N", offset: position)
        position += 4
        Array.new(count) do
          key, position = read_string(body, position)
          value, position = read_string(body, position)
          [key, value]
        end.to_h
      end
      [*maps, read_string(body, position).first]
    end
  end
end
