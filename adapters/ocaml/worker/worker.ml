(* The OCaml worker: it answers the gateway's requests with one function (docs/worker-protocol.md). *)

let usage_error = 64
let concurrency = 32l

(* In words. Deep enough for any function, and reached long before the memory is used up. *)
let stack_limit = 1024 * 1024

external unsetenv : string -> unit = "runtime_unsetenv"

(* Calls the function and says how it ended. *)
let serve wire main (id, body) =
  match
    let request = Wire.read_request body in
    Wire.started wire id;
    main request Response.nothing
  with
  | response -> Wire.answer wire id response
  | exception error -> Wire.error wire id (Errors.describe error (Printexc.get_raw_backtrace ()))

(* Serves requests until the gateway closes the connection, each in a thread of its own. *)
let rec loop wire main =
  (match Wire.read wire with
   | Request (id, body) -> ignore (Thread.create (serve wire main) (id, body))
   | Ping id -> Wire.pong wire id
   | Other -> ());
  loop wire main

(* The whole program, with the user's function. *)
let run main =
  match Sys.getenv_opt "RUNTIME_SOCKET" with
  | None ->
    prerr_endline "runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there";
    exit usage_error
  | Some path ->
    let wire = Wire.connect path in
    unsetenv "RUNTIME_SOCKET";
    Printexc.record_backtrace true;
    Gc.set { (Gc.get ()) with stack_limit };
    Sys.set_signal Sys.sigpipe Signal_ignore;
    Out_channel.set_buffered stdout false;
    Wire.ready wire concurrency;
    (* At once: functions that still run must not see the program end around them. *)
    (try loop wire main with End_of_file | Sys_error _ -> Unix._exit 0)
