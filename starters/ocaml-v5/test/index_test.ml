open Runtime_worker

let call body =
  let noted = ref [] in
  let headers = Request.Names.singleton "user-agent" "test" in
  let req : Request.t =
    { meth = "POST"; scheme = "http"; host = "localhost"; port = 80; path = "/"; query_string = ""; url = "http://localhost/";
      query = Request.Names.empty; headers; body_binary = body }
  in
  let res : Response.t = { value = `Null; status = 0; headers = [] } in
  let answer = Handler.Index.main { req; res; note = (fun text -> noted := text :: !noted) } in
  (answer, !noted)

let () =
  (* It greets whoever is named, and logs the call. *)
  Unix.putenv "GREETING" "Good day";
  let answer, noted = call {|{"name": "you"}|} in
  assert (answer.value = `Assoc [ ("message", `String "Good day, you!"); ("client", `String "test") ]);
  assert (answer.status = 200);
  assert (noted = [ "log: called with POST /" ]);

  (* It refuses what is no object. *)
  List.iter (fun body -> assert ((fst (call body)).status = 400)) [ "no JSON"; "[1]" ]
