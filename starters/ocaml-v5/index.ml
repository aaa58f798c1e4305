let main ({ req; res; _ } as context : Context.t) =
  Context.logf context "called with %s %s" req.meth req.path;
  match Yojson.Safe.from_string (if req.body_binary = "" then "{}" else Request.body_text req) with
  | `Assoc given ->
      let greeting = Option.value (Sys.getenv_opt "GREETING") ~default:"Hello" in
      let name = match List.assoc_opt "name" given with Some (`String name) -> name | _ -> "World" in
      let client = Option.value (Request.header req "user-agent") ~default:"unknown" in
      Response.json res (`Assoc [ ("message", `String (greeting ^ ", " ^ name ^ "!")); ("client", `String client) ])
  | _ | (exception Yojson.Json_error _) ->
      Response.json ~status:400 res (`Assoc [ ("error", `String {|send a JSON object, such as {"name": "you"}|}) ])
