(* The function that `./dev bench --protocol v5` measures: one entry in the logs, a small answer. *)
let main ({ req; res; _ } as context : Context.t) =
  Context.logf context "%s %s" req.meth req.path;
  Response.json res (`Assoc [ ("normal", `String "Hello World!"); ("path", `String req.path) ])
