# frozen_string_literal: true

module RuntimeAdapter
  # What a thread prints that outlives its call must not come through the worker's pipes, where the gateway takes it for
  # the next call's (docs/protocol-v5.md, V16). A thread has the group of the one that has started it, so every call has
  # a group.
  module Printing
    # The threads of one call.
    class Group < ThreadGroup
      attr_accessor :journal
    end

    # For STDOUT and STDERR: everything that prints to them calls `write`.
    module Follower
      attr_accessor :number

      def write(*texts)
        group = Thread.current.group
        journal = group.journal if group.instance_of?(Group)
        return super unless journal&.late?

        text = texts.join
        journal.print_late(number, text.chomp) unless text.empty?
        text.bytesize
      end
    end

    module_function

    # Has the streams know what is late.
    def follow
      [STDOUT, STDERR].each_with_index do |stream, number|
        stream.extend(Follower)
        stream.number = number
      end
    end

    # Has what this thread starts from now on be a call's.
    def begin(journal)
      group = Group.new
      group.journal = journal
      group.add(Thread.current)
    end
  end
end
