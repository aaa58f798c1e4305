(* The probe's actions. *)

let text text : Yojson.Safe.t = `String text
let names map : Yojson.Safe.t = `Assoc (List.map (fun (name, value) -> (name, text value)) (Request.Names.bindings map))

let seen ({ req; res; _ } : Context.t) =
  Response.json res
    (`Assoc
      [ ("method", text req.meth); ("scheme", text req.scheme); ("host", text req.host); ("port", `Int req.port);
        ("path", text req.path); ("queryString", text req.query_string); ("url", text req.url); ("query", names req.query);
        ("headers", names req.headers); ("size", `Int (String.length req.body_binary)); ("sha256", text (Files.sha256 req.body_binary)) ])

let body ({ req; res; _ } : Context.t) =
  let body = Request.body req in
  let kind = match body with `String _ -> "string" | _ -> "object" in
  Response.json res
    (`Assoc [ ("kind", text kind); ("body", body); ("text", text (Request.body_text req)); ("raw", text (Request.body_raw req)) ])

let environment () : Yojson.Safe.t =
  let pair entry =
    let at = String.index entry '=' in
    (String.sub entry 0 at, text (String.sub entry (at + 1) (String.length entry - at - 1)))
  in
  `Assoc (List.map pair (Array.to_list (Unix.environment ())))

let identity () : Yojson.Safe.t =
  let groups = Array.to_list (Array.map (fun group -> `Int group) (Unix.getgroups ())) in
  `Assoc [ ("user", `Int (Unix.getuid ())); ("group", `Int (Unix.getgid ())); ("groups", `List groups); ("folder", text (Sys.getcwd ())) ]

let mixed ({ res; _ } as context : Context.t) name lines =
  for line = 0 to lines - 1 do
    Context.logf context "%s log %d" name line;
    Unix.sleepf (float_of_int (line mod 3) /. 1000.);
    Printf.printf "%s print %d\n" name line;
    if line mod 10 = 0 then Files.run (Printf.sprintf {|for n in 0 1 2 3 4 5 6 7 8 9; do echo "%s child $((%d + n))"; done|} name line);
    Context.errorf context "%s error %d" name line
  done;
  Response.text res name

let values context =
  List.iter (Context.log context) [ "one"; string_of_int 2; string_of_bool true; "naïve 🎉" ];
  Context.log context (Yojson.Safe.to_string (`Assoc [ ("a", `List [ `Int 1; text "b" ]) ]));
  try Sys.opaque_identity (failwith "logged") with error -> Context.error_exn context error

let signal options =
  let target =
    match Options.value options "pid" with
    | `String "parent" -> Unix.getppid ()
    | `String _ -> Unix.getpid ()
    | other -> Yojson.Safe.Util.to_int other
  in
  let sent = match Unix.kill target (Files.signal_number (Options.text options "name" "")) with
    | () -> "sent"
    | exception Unix.Unix_error (code, _, _) -> Files.error_name code
  in
  Unix.sleepf 0.05;
  sent

let flood context options =
  let entry = String.concat "" (List.init (Options.whole options "characters" 0) (fun _ -> "é")) in
  for _ = 1 to Options.whole options "entries" 0 do
    if Options.text options "how" "" = "print" then print_endline entry else Context.log context entry
  done

(* What the work returns, or 403 with the error's name. *)
let allowed res work =
  match work () with
  | response -> response
  | exception Unix.Unix_error (code, _, _) -> Response.text ~status:403 res (Files.error_name code)

let rec spin () = if Unix.gettimeofday () > 0. then spin ()

let act ({ req; res; _ } as context : Context.t) options =
  let status = Options.whole options "status" 200 in
  let headers = Options.headers options in
  let path = Options.text options "path" "" in
  function
  | "seen" -> seen context
  | "body" -> body context
  | "body-json" -> Response.json res (`Assoc [ ("value", Request.body_json req) ])
  | "echo" -> Response.binary ~headers:[ ("content-type", "application/octet-stream") ] res req.body_binary
  | "text" -> Response.text ~status ~headers res (Options.text options "text" "text")
  | "json" -> Response.json ~status ~headers res (Options.value options "value")
  | "binary" -> Response.binary res (String.init 256 Char.chr)
  | "empty" -> Response.empty res
  | "redirect" -> Response.redirect ~status:(Options.whole options "status" 301) res (Options.text options "url" "")
  | "send" -> Response.send res (Options.written (Options.value options "body"))
  | "big" -> Response.binary res (String.make (Options.whole options "bytes" 0) 'x')
  | "many-headers" ->
    let value = String.make (Options.whole options "size" 0) 'v' in
    Response.text ~headers:(List.init (Options.whole options "number" 0) (fun at -> ("x-" ^ string_of_int at, value))) res "text"
  | "not-returned" ->
    ignore (Response.text ~status:201 res "first");
    Response.text res "second"
  | "nothing" ->
    ignore (Response.text res "not returned");
    res
  | "throws" ->
    Context.log context "before";
    failwith "TypeError: on purpose"
  | "log" ->
    List.iter print_endline (Options.texts options "prints");
    List.iter (Context.log context) (Options.texts options "logs");
    List.iter (Context.error context) (Options.texts options "errors");
    Response.text res "logged"
  | "values" -> values context; Response.text res "logged"
  | "prints" ->
    print_endline "printed 1";
    Context.log context "logged 2";
    prerr_endline "printed 3";
    print_string "printed 4\nprinted 5\n";
    Response.text res "printed"
  | "flood" -> flood context options; Response.text res "logged"
  | "child" -> Files.run (Options.text options "command" ""); Response.text res "ended"
  | "mixed" -> mixed context (Options.text options "name" "") (Options.whole options "lines" 0)
  | "sleep" ->
    List.iter (Context.log context) (Options.texts options "logs");
    Unix.sleepf (Options.seconds options);
    Context.log context "too late";
    Response.text res (Options.text options "text" "slept")
  | "spin" -> Context.log context "before"; spin (); res
  | "late" ->
    let work () = Thread.delay 0.1; Context.log context "late" in
    ignore (Thread.create work ());
    Response.text res "answered"
  | "exit" -> Context.log context "before"; Unix._exit (Options.whole options "code" 0)
  | "abort" ->
    Context.log context "before";
    Unix.kill (Unix.getpid ()) Sys.sigabrt;
    Thread.delay 60.;  (* any thread may get it, and a moment later *)
    res
  | "signal" -> Response.text res (signal options)
  | "environment" -> Response.json res (environment ())
  | "identity" -> Response.json res (identity ())
  | "read" -> allowed res (fun () -> Response.binary res (Files.content path))
  | "write" -> allowed res (fun () -> Files.append path (Options.text options "text" ""); Response.text res "written")
  | "fill" -> Response.text res (Files.fill path (Options.whole options "mib" 0))
  | action -> invalid_arg ("there is no such action: " ^ action)
