# frozen_string_literal: true

module RuntimeAdapter
  # Turns anything that a function can raise into a message (contract E2, E3).
  module Errors
    # Longest text of one error, in bytes: leaves room for the stack trace in the 8 KiB of a message (contract E2).
    TEXT_LIMIT = 4000
    # Most stack frames shown of one error, innermost first.
    FRAME_LIMIT = 30
    # Most errors shown of a chain of causes.
    CHAIN_LIMIT = 5
    FOLDER = "#{Dir.pwd}/"

    module_function

    # Type, text and the function's own stack frames of an error and of what caused it.
    def describe(error)
      chain = [error]
      chain << chain.last.cause while chain.last.cause && chain.size < CHAIN_LIMIT
      chain.map { |each| describe_one(each) }.join("\ncaused by ")
    rescue Exception => second
      "#{error.class}: (describing this error raised #{second.class})"
    end

    def describe_one(error)
      text = message_of(error)
      [text.empty? ? error.class.to_s : "#{error.class}: #{text}", *frames_of(error)].join("\n    at ")
    end

    def message_of(error)
      text = error.message.to_s.dup.force_encoding(Encoding::UTF_8)
      limit = TEXT_LIMIT
      3.times { limit -= 1 if text.getbyte(limit).to_i & 0xc0 == 0x80 } # not inside a character
      text.byteslice(0, limit).scrub
    rescue Exception => second
      "(its text cannot be read: #{second.class} in message)"
    end

    # The frames inside the function's folder; a recursion's repeated ones once.
    def frames_of(error)
      (error.backtrace_locations || [])
        .select { |place| place.path.start_with?(FOLDER) }
        .map { |place| "#{place.label} (#{place.path}:#{place.lineno})" }
        .uniq.first(FRAME_LIMIT)
    end
  end
end
