let main (context : Context.t =
