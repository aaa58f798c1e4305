require "minitest/autorun"
require_relative "index"

class IndexTest < Minitest::Test
  Request = Struct.new(:env, :headers, :payload)

  class Answer
    attr_reader :value, :status

    def send(text, status = 200)
      @value, @status = text, status
      self
    end
    alias json send
  end

  def call(payload, env = {})
    Answer.new.tap { |answer| main(Request.new(env, { "user-agent" => "test" }, payload), answer) }
  end

  def test_greets_whoever_is_named
    answer = call('{"name": "you"}', { "GREETING" => "Good day" })
    assert_equal({ message: "Good day, you!", client: "test" }, answer.value)
    assert_equal 200, answer.status
  end

  def test_refuses_what_is_no_object
    ["no JSON", "[1]"].each { |payload| assert_equal 400, call(payload).status }
  end
end
