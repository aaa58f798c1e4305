let main (req : Request.t) (res : Response.t) =
  let env1 = match Request.env req "ENV1" with Some text -> `String text | None -> `Null in
  Response.json res (`Assoc [ ("normal", `String "Hello World!"); ("env1", env1); ("payload", `String req.payload) ])
