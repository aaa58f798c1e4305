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
    def encode(value) = append(String.new(encoding: Encoding::UTF_8), value, 0)

    # The text as UTF-8, also of bytes that are that without saying so; nil if it is none.
    def utf8(text)
      unless text.encoding == Encoding::UTF_8
        text = text.encoding == Encoding::BINARY ? text.dup.force_encoding(Encoding::UTF_8) : text.encode(Encoding::UTF_8)
      end
      text if text.valid_encoding?
    rescue EncodingError
      nil
    end

    # Appends a value to the text `json`, and returns that.
    def append(json, value, depth)
      case value
      when String, Symbol then append_text(json, value.to_s)
      when Hash then append_map(json, value, depth + 1)
      when Array then append_list(json, value, depth + 1)
      when nil then json << "null"
      when true, false, Integer then json << value.to_s
      when Float then json << (value.finite? ? value.to_s : raise(TypeError, "JSON cannot hold #{value}"))
      else append_object(json, value)
      end
    end

    def append_text(json, text)
      text = utf8(text) || raise(TypeError, "JSON cannot hold bytes that are no UTF-8")
      json << '"' << (text.match?(ESCAPED) ? text.gsub(ESCAPED, ESCAPES) : text) << '"'
    end

    def append_map(json, map, depth)
      check_depth(depth)
      mark = "{"
      map.each do |key, value|
        json << mark
        append_text(json, key.to_s)
        append(json << ":", value, depth)
        mark = ","
      end
      json << (mark == "{" ? "{}" : "}")
    end

    def append_list(json, list, depth)
      check_depth(depth)
      mark = "["
      list.each do |value|
        append(json << mark, value, depth)
        mark = ","
      end
      json << (mark == "[" ? "[]" : "]")
    end

    def check_depth(depth)
      raise TypeError, "JSON cannot hold a cycle, nor more than #{MAXIMUM_DEPTH} levels" if depth > MAXIMUM_DEPTH
    end

    # Points in time, and objects that say themselves what they are in JSON: the library's methods for any object only
    # write its name.
    def append_object(json, value)
      return append_text(json, value.to_s) if value.respond_to?(:strftime)

      known = value.respond_to?(:to_json) && !value.method(:to_json).owner.name.to_s.start_with?("JSON::")
      raise TypeError, "JSON cannot hold #{value.class}" unless known

      json << value.to_json.to_s
    end
  end
end
