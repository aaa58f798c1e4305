# frozen_string_literal: true

require_relative "errors"
require_relative "frames"
require_relative "json"

module RuntimeAdapter
  # What a function of the open-runtimes protocol is called with (docs/protocol-v5.md).
  class Context
    LOGS, ERRORS = 0, 1

    attr_accessor :req, :res

    def initialize(req, journal)
      @req = req
      @res = ContextResponse.new
      @journal = journal
    end

    # Adds an entry to the request's logs.
    def log(*values) = tell(LOGS, values)

    # Adds an entry to the request's errors.
    def error(*values) = tell(ERRORS, values)

    private

    def tell(stream, values)
      @journal.write(stream, values.map { |value| entry(value) }.join(" "))
      nil
    end

    # A value in an entry: errors with their trace, hashes and arrays as JSON, the rest as Ruby writes it (V14).
    def entry(value)
      text = case value
             when String then value
             when Exception then Errors.describe(value)
             when Hash, Array then json(value)
             else value.to_s
             end
      Json.utf8(text) || text.dup.force_encoding(Encoding::UTF_8).scrub
    rescue StandardError
      value.class.to_s # what the object has to say of itself is an error
    end

    def json(value)
      Json.encode(value)
    rescue TypeError
      value.inspect
    end
  end

  # `context.req`. The forms of the body are made when they are asked for (V24).
  class ContextRequest
    attr_accessor :method, :scheme, :host, :port, :path, :query_string, :url, :query, :headers, :body_binary

    def initialize(**fields)
      fields.each { |name, value| instance_variable_set(:"@#{name}", value) }
    end

    # The body as UTF-8.
    def body_text = body_binary.dup.force_encoding(Encoding::UTF_8).scrub

    # The old name of body_text.
    def body_raw = body_text

    # The body, parsed. Raises JSON::ParserError if it is no JSON.
    def body_json = JSON.parse(body_text)

    # body_json if the Content-Type says JSON, an empty hash for an empty body; else body_text.
    def body
      return body_text unless headers.fetch("content-type", "").downcase.start_with?("application/json")

      body_binary.empty? ? {} : body_json
    end
  end

  # `context.res`: makes what a function returns (V27).
  class ContextResponse
    # Bytes, as a String or as an Array of numbers.
    def binary(bytes, status_code = 200, headers = {})
      { body: bytes.is_a?(Array) ? bytes.pack("C*") : bytes, statusCode: status_code, headers: headers || {} }
    end

    # Text, as UTF-8; bytes that are none stay as they are.
    def text(body, status_code = 200, headers = {})
      body = body.to_s
      binary(Json.utf8(body) || body, status_code, headers)
    end

    # A value as compact JSON.
    def json(value, status_code = 200, headers = {})
      binary(Json.encode(value), status_code, { **(headers || {}), "content-type" => "application/json" })
    end

    # No content.
    def empty = binary("", 204)

    # No content, and where to go.
    def redirect(url, status_code = 301, headers = {})
      binary("", status_code, { **(headers || {}), "location" => url.to_s })
    end

    # The old name of text and binary.
    def send(body, status_code = 200, headers = {}) = text(body, status_code, headers)
  end
end
