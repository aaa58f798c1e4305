open Runtime_worker

let call ?(env = []) payload =
  let headers = Request.Names.singleton "user-agent" "test" in
  Handler.Index.main
    { env = Request.Names.of_seq (List.to_seq env); headers; payload }
    { value = `Null; status = 0 }

let () =
  (* It greets whoever is named. *)
  let answer = call {|{"name": "you"}|} ~env:[ ("GREETING", "Good day") ] in
  assert (answer.value = `Assoc [ ("message", `String "Good day, you!"); ("client", `String "test") ]);
  assert (answer.status = 200);

  (* It refuses what is no object. *)
  List.iter (fun payload -> assert ((call payload).status = 400)) [ "no JSON"; "[1]" ]
