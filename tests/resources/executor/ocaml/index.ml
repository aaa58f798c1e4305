(* What an executor asks of a function. *)

let environment () =
  let pair entry =
    let at = String.index entry '=' in
    (String.sub entry 0 at, `String (String.sub entry (at + 1) (String.length entry - at - 1)))
  in
  `Assoc (List.map pair (Array.to_list (Unix.environment ())))

let write context =
  Out_channel.with_open_bin "/tmp/written" ignore;
  match Unix.openfile "/mnt/logs/forged_logs.log" [ O_WRONLY; O_CREAT ] 0o644 with
  | file -> Unix.close file
  | exception Unix.Unix_error (EACCES, _, _) -> Context.error context "EACCES"

let said ({ req; res; _ } : Context.t) =
  let headers = List.map (fun (name, value) -> (name, `String value)) (Request.Names.bindings req.headers) in
  Response.json res
    (`Assoc
      [ ("env", environment ()); ("headers", `Assoc headers); ("folder", `String (Sys.getcwd ()));
        ("body", `String (Request.body_text req)); ("url", `String req.url) ])

let main ({ req; res; _ } as context : Context.t) =
  Context.logf context "called %s %s %s" req.meth req.path Greeting.text;
  match req.path with
  | "/echo" -> Response.binary ~status:201 ~headers:[ ("x-made-by", "a function") ] res req.body_binary
  | "/sleep" -> Unix.sleep 30; said context
  | "/crash" -> Unix.kill (Unix.getpid ()) Sys.sigkill; said context
  | "/write" -> write context; said context
  | _ -> said context
