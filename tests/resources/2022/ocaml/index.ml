(* What GREETING says to whom the payload names. *)
let main (req : Request.t) (res : Response.t) =
  let open Yojson.Safe.Util in
  let given = Yojson.Safe.from_string (if req.payload = "" then "{}" else req.payload) in
  let name = Option.value (to_string_option (member "name" given)) ~default:"World" in
  let greeting = Option.value (Request.Names.find_opt "GREETING" (Request.variables req)) ~default:"Hello" in
  let client = Option.value (Request.header req "user-agent") ~default:"unknown" in
  Response.json res (`Assoc [ ("message", `String (greeting ^ ", " ^ name ^ "!")); ("client", `String client) ])
