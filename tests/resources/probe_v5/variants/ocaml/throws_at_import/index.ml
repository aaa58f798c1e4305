let () = failwith "thrown while loading"
let main (context : Context.t) = Response.empty context.res
