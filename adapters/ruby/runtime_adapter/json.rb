# frozen_string_literal: true

module RuntimeAdapter
  # Writes JSON. Not the library's: that one writes text for what JSON cannot hold (contract F4), and the function may
  # bring a version of its own (contract L4).
  module Json
    # Deeper than this, a value most likely holds itself.
    MAXIMUM_DEPTH = 1000
    ESCAPED = /["\\\x00-\x1f]/
    ESCAPES = (0..0x1f).to_h { |code| [code.chr, format('\u%04x', code)] }
                       .merge('"' => '\"', "\\" => "\\\\", "\n" => '\n', "\r" => '\r', "\t" => '\t', "\b" => '\b', "\f" => '\f')
                       .freeze

    module_function

    # A value as JSON text. Raises TypeError for what JSON cannot hold.
    def encode(value, depth = 0)
      raise TypeError, "JSON cannot hold a cycle, nor more than #{MAXIMUM_DEPTH} levels" if depth > MAXIMUM_DEPTH

      case value
      when nil then "null"
      when true, false, Integer then value.to_s
      when String, Symbol then quote(value)
      when Float then value.finite? ? value.to_s : raise(TypeError, "JSON cannot hold #{value}")
      when Hash then "{#{value.map { |key, held| "#{quote(key)}:#{encode(held, depth + 1)}" }.join(",")}}"
      when Array then "[#{value.map { |held| encode(held, depth + 1) }.join(",")}]"
      else encode_object(value)
      end
    end

    # The text as UTF-8, also of bytes that are that without saying so; nil if it is none.
    def utf8(text)
      text = text.encoding == Encoding::BINARY ? text.dup.force_encoding(Encoding::UTF_8) : text.encode(Encoding::UTF_8)
      text if text.valid_encoding?
    rescue EncodingError
      nil
    end

    def quote(text)
      text = utf8(text.to_s) || raise(TypeError, "JSON cannot hold bytes that are no UTF-8")
      "\"#{text.match?(ESCAPED) ? text.gsub(ESCAPED, ESCAPES) : text}\""
    end

    # Points in time, and objects that say themselves what they are in JSON: the library's methods for any object only
    # write its name.
    def encode_object(value)
      return quote(value.to_s) if value.respond_to?(:strftime)

      known = value.respond_to?(:to_json) && !value.method(:to_json).owner.name.to_s.start_with?("JSON::")
      raise TypeError, "JSON cannot hold #{value.class}" unless known

      value.to_json
    end
  end
end
