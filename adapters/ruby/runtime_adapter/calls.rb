# frozen_string_literal: true

require_relative "errors"
require_relative "frames"
require_relative "json"

module RuntimeAdapter
  # What the function is called with (contract F2); every request has hashes of its own.
  class Request
    attr_accessor :env, :headers, :payload

    # The names of 2022 (contract F8).
    alias variables env
    alias variables= env=

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

  # Calls of functions that take a request and a response, from REQUEST to ANSWER (docs/worker-protocol.md).
  class Calls
    FLAGS = 0
    WANTED = "defines no function main(req, res)"

    # Why a function could never be called, or nil.
    def self.refusal(function) = function ? nil : WANTED

    def initialize(_connection, function)
      @function = function
    end

    # The frame that calls the function.
    def called = Frames::REQUEST

    # Calls the function and says how it ended.
    def call(id, body)
      response = Response.new
      @function.call(Request.new(*Frames.read_request(body)), response)
      answer = response.answer
      answer ? Frames.answer(id, *answer) : Frames.frame(Frames::SILENT, id)
    rescue Exception => error
      Frames.failure(Frames::ERROR, id, 500, Errors.describe(error))
    end
  end
end
