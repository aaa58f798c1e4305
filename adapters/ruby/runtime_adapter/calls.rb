# frozen_string_literal: true

require_relative "frames"
require_relative "json"

module RuntimeAdapter
  # What the function is called with (contract F2); every request has hashes of its own.
  class Request
    attr_accessor :env, :headers, :payload

    def initialize(env, headers, payload)
      @env = env
      @headers = headers
      @payload = payload
    end
  end

  # How the function answers (contract F3, F4). The last call before the function's end wins.
  class Response
    # Status, type and text, or nil.
    attr_reader :answer

    # Answers with text, as UTF-8.
    def send(text, status = 200)
      raise TypeError, "res.send takes text (a String), not #{text.class}" unless text.is_a?(String)

      text = Json.utf8(text.dup) || raise(TypeError, "res.send takes text, not bytes that are no UTF-8")
      keep(text, status, Frames::TEXT)
    end

    # Answers with a value as JSON.
    def json(value, status = 200)
      keep(Json.encode(value), status, Frames::JSON)
    end

    private

    def keep(text, status, type)
      raise TypeError, "the status must be an Integer, not #{status.class}" unless status.is_a?(Integer)

      @answer = [status, type, text]
      self
    end
  end
end
