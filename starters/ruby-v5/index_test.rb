require "minitest/autorun"
require_relative "index"

class IndexTest < Minitest::Test
  Request = Struct.new(:method, :path, :headers, :body_text)
  Answer = Struct.new(:value, :status)

  class Response
    def json(value, status_code = 200, _headers = {}) = Answer.new(value, status_code)
  end

  class Context
    attr_reader :req, :res, :logged

    def initialize(body)
      @req = Request.new("POST", "/", { "user-agent" => "test" }, body)
      @res = Response.new
      @logged = []
    end

    def log(*values) = @logged << values.join(" ")
  end

  def with_environment(values)
    before = ENV.to_h
    ENV.update(values)
    yield
  ensure
    ENV.replace(before)
  end

  def test_greets_whoever_is_named
    context = Context.new('{"name": "you"}')
    answer = with_environment("GREETING" => "Good day") { main(context) }
    assert_equal({ message: "Good day, you!", client: "test" }, answer.value)
    assert_equal 200, answer.status
    assert_equal ["called with POST /"], context.logged
  end

  def test_refuses_what_is_no_object
    ["no JSON", "[1]"].each { |body| assert_equal 400, main(Context.new(body)).status }
  end
end
