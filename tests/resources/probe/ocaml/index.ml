(* The probe: it does whatever the payload's action says (tests/resources/probe/README.md). *)

let count = Atomic.make 0
let text text : Yojson.Safe.t = `String text
let names map : Yojson.Safe.t = `Assoc (List.map (fun (name, value) -> (name, text value)) (Request.Names.bindings map))

let everything (req : Request.t) res =
  Response.json res (`Assoc [ ("env", names req.env); ("payload", text req.payload); ("headers", names req.headers) ])

(* Does something shortly after the function's end. *)
let soon work = ignore (Thread.create (fun () -> Thread.delay 0.05; work ()) ())

let spin seconds =
  let start = Unix.gettimeofday () in
  let is_over () = match seconds with None -> false | Some seconds -> Unix.gettimeofday () -. start > seconds in
  while not (is_over ()) do () done

let print options =
  let stream = if Options.text options "stream" "stdout" = "stderr" then stderr else stdout in
  for number = 1 to Options.whole options "lines" 1 do
    let line = Options.text options "text" (Printf.sprintf "line %d" number) in
    let missing = Options.whole options "bytes" 0 - String.length line - 1 in
    output_string stream (line ^ (if missing > 0 then " " ^ String.make missing 'x' else "") ^ "\n");
    flush stream
  done

let environment () : Yojson.Safe.t =
  let pair entry =
    let at = String.index entry '=' in
    (String.sub entry 0 at, text (String.sub entry (at + 1) (String.length entry - at - 1)))
  in
  `Assoc (List.map pair (Array.to_list (Unix.environment ())))

let act (req : Request.t) res options = function
  | "answer" -> everything req res
  | "text" -> Response.send res (Options.text options "text" "Hello")
  | "json" -> Response.json res (Options.value options "value")
  | "both" -> Response.json (Response.send res "first") (`Assoc [ ("last", `Bool true) ])
  | "none" -> res
  | "twice" -> Response.send (Response.send res "first") "second"
  | "late" ->
    soon (fun () -> ignore (Response.send res "too late"));
    Response.send res "in time"
  | "late_error" ->
    soon (fun () -> failwith "late probe error");
    Response.send res "in time"
  | "status" -> Response.send ~status:(Options.whole options "status" 200) res "status"
  | "bytes" -> Response.send res "\xff\xfe"
  | "unserialisable" -> Response.json res (Failing.unserialisable (Options.text options "kind" ""))
  | "throw" ->
    ignore (Response.send res "answered before the error");
    Response.send res (Failing.raise_as (Options.text options "text" "probe error") (Options.text options "kind" "error"))
  | "sleep" -> Thread.delay (Options.wait options); Response.send res "slept"
  | "block" -> Unix.sleepf (Options.wait options); Response.send res "blocked"
  | "spin" -> spin (Options.seconds options); Response.send res "spun"
  | "exit" -> exit (Options.whole options "code" 0)
  | "abort" ->
    let line = Options.text options "line" "" in
    if line <> "" then
      Out_channel.with_open_gen [ Open_append; Open_creat ] 0o600 "/tmp/begun" (fun begun -> output_string begun (line ^ "\n"));
    Unix.kill (Unix.getpid ()) Sys.sigabrt;
    Thread.delay 60.0;  (* any thread may get it, and a moment later *)
    res
  | "kill" ->
    (* Linux's own number: OCaml has negative ones for those that it knows. *)
    Unix.kill (Options.whole options "pid" 0) (Options.whole options "signal" 9);
    Response.send res "killed"
  | "spawn" -> Response.json res (`Assoc [ ("pid", `Int (Processes.start_sleeper ())) ])
  | "forks" ->
    let started, error = Processes.until_error (Options.whole options "count" 200) Processes.start_sleeper in
    Response.json res (`Assoc [ ("started", `Int started); ("error", error) ])
  | "descriptors" ->
    let open_one () = Unix.openfile "/dev/null" [ O_RDONLY ] 0 in
    let opened, error = Processes.until_error (Options.whole options "count" 100_000) open_one in
    Response.json res (`Assoc [ ("opened", `Int opened); ("error", error) ])
  | "allocate" ->
    let held = List.init (Options.whole options "mib" 1) (fun _ -> Bytes.make Processes.mib 'x') in
    Response.send res (if Sys.opaque_identity held = [] then "nothing" else "allocated")
  | "fill" ->
    let written, error = Processes.fill (Options.text options "path" "/tmp/filled") (Options.whole options "mib" 1024) in
    Response.json res (`Assoc [ ("written", `Int written); ("error", error) ])
  | "print" -> print options; Response.send res "printed"
  | "environ" -> Response.json res (environment ())
  | "read" -> Response.send res (Processes.content (Options.text options "path" ""))
  | "tamper" ->
    Sys.chdir "/";
    Array.iter (fun entry -> Unix.putenv (String.sub entry 0 (String.index entry '=')) "") (Unix.environment ());
    Unix.putenv "TZ" "Pacific/Kiritimati";
    Printexc.record_backtrace false;
    Printexc.set_uncaught_exception_handler (fun _ _ -> ());
    Response.send res "tampered"
  | "mutate" ->
    let changed : Request.t =
      { env = Request.Names.add "MUTATED" "yes" req.env; headers = Request.Names.add "mutated" "yes" req.headers; payload = "mutated" }
    in
    everything changed res
  | "counter" -> Response.json res (`Assoc [ ("counter", `Int (Atomic.fetch_and_add count 1 + 1)) ])
  | "pid" -> Response.json res (`Assoc [ ("pid", `Int (Unix.getpid ())) ])
  | "uid" -> Response.json res (`Assoc [ ("uid", `Int (Unix.getuid ())); ("gid", `Int (Unix.getgid ())) ])
  | "big" -> Response.send res (String.make (Options.whole options "bytes" 0) 'x')
  | "proto" ->
    let value = match Request.env req "__proto__" with Some value -> text value | None -> `Null in
    Response.json res (`Assoc [ ("value", value) ])
  | action -> invalid_arg ("the probe knows no action " ^ action)

(* What fails in tail position would leave no frame of its caller behind. *)
let main (req : Request.t) (res : Response.t) =
  let options = Options.read req.payload in
  Sys.opaque_identity (act req res options (Options.text options "action" "answer"))
