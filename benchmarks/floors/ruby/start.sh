exec ruby /floor/server.rb
