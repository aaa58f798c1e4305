# frozen_string_literal: true

module Greeting
  TEXT = "hello"
end
