(* The OCaml worker: it answers the gateway's requests with one function (docs/worker-protocol.md). *)

let usage_error = 64
let concurrency = 32

(* In words. Deep enough for any function, and reached long before the memory is used up. *)
let stack_limit = 1024 * 1024

external unsetenv : string -> unit = "runtime_unsetenv"
external keep_little : unit -> unit = "runtime_keep_little"
external forget_backtrace : unit -> unit = "runtime_forget_backtrace" [@@noalloc]

type t = {
  wire : Wire.t;
  main : Request.t -> Response.t -> Response.t;
  (* At reading. *)
  turns : Turns.t;
  (* How many threads are in the function. *)
  mutable running : int;
}

(* Calls it on a stack of its own: one that has grown is not kept for the thread's next request. *)
let on_new_stack call retc exnc = Effect.Deep.match_with call () { retc; exnc; effc = (fun _ -> None) }

(* Calls the function and says how it ended. *)
let serve worker id body =
  let { wire; main; _ } = worker in
  forget_backtrace ();
  let call () =
    let request = Wire.read_request body in
    Wire.started wire id;
    main request Response.nothing
  in
  on_new_stack call (Wire.answer wire id) (fun error ->
      Wire.error wire id (Errors.describe error (Printexc.get_raw_backtrace ())))

(* The next request; at the connection's end the process ends, at once: functions that still run must not see the program
   end around them. *)
let rec next_request wire =
  match Wire.read wire with
  | Request (id, body) -> (id, body)
  | Ping id -> Wire.pong wire id; next_request wire
  | Other -> next_request wire
  | exception (End_of_file | Unix.Unix_error _) -> Unix._exit 0

(* Starts one more thread that serves requests. Without one that reads nothing can be answered: this worker ends, and the
   gateway hands the requests which have not started to a fresh one. *)
let rec start worker =
  try ignore (Thread.create work worker)
  with error ->
    prerr_endline ("runtime: " ^ Printexc.to_string error);
    Unix._exit 1

(* Serves requests, one after the other. As many threads do that as requests run, and one that waits for the next. *)
and work worker =
  let bell = Condition.create () in
  Turns.arrive worker.turns;
  while Turns.take worker.turns bell do
    let id, body = next_request worker.wire in
    if not (Turns.pass worker.turns) then start worker;
    worker.running <- worker.running + 1;
    serve worker id body;
    worker.running <- worker.running - 1;
    (* Under load this thread would never wait for anything, and the others would have to wait for OCaml's clock. *)
    if worker.running > 0 then Thread.yield ()
  done

(* The whole program, with the user's function. *)
let run main =
  match Sys.getenv_opt "RUNTIME_SOCKET" with
  | None ->
    prerr_endline "runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there";
    exit usage_error
  | Some path ->
    let wire = Wire.connect path in
    unsetenv "RUNTIME_SOCKET";
    keep_little ();
    Printexc.record_backtrace true;
    Gc.set { (Gc.get ()) with stack_limit };
    Sys.set_signal Sys.sigpipe Signal_ignore;
    Out_channel.set_buffered stdout false;
    Wire.ready wire (Int32.of_int concurrency);
    start { wire; main; turns = Turns.make concurrency; running = 0 };
    while true do Unix.pause () done
