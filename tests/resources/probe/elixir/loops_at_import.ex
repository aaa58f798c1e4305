# Never finishes being loaded.
Stream.cycle([:again]) |> Stream.run()
