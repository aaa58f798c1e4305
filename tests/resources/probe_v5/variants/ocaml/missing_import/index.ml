let main (context : Context.t) = Nowhere.main context
