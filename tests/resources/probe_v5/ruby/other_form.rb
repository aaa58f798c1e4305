# frozen_string_literal: true

# The probe as a method made from a block, in a file that loads another.

require_relative "index"

probe = method(:main)
define_method(:main) { |context| probe.call(context) }
