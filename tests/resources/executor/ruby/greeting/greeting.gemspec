# frozen_string_literal: true

Gem::Specification.new do |gem|
  gem.name = "greeting"
  gem.version = "1"
  gem.summary = "A greeting"
  gem.authors = ["the function"]
  gem.files = ["lib/greeting.rb"]
end
