(* The OCaml worker: it answers the gateway's requests with one function (docs/worker-protocol.md). *)

let concurrency = 32

type t = {
  wire : Wire.t;
  main : Request.t -> Response.t -> Response.t;
  (* At reading. *)
  turns : Turns.t;
  (* How many threads are in the function. *)
  mutable running : int;
}

(* The body of a REQUEST. *)
let read_request body : Request.t =
  let fields = Wire.Fields.of_body body in
  let names = Wire.Fields.map Request.Names.add Request.Names.empty in
  let env = names fields in
  let headers = names fields in
  { env; headers; payload = Wire.Fields.text fields }

let answer wire id ({ kind; status; body } : Response.t) =
  match kind with
  | Nothing -> Wire.silent wire id
  | Text -> Wire.write wire '\x14' id [ Wire.held_status status; "\x00"; body ]
  | Json -> Wire.write wire '\x14' id [ Wire.held_status status; "\x01"; body ]

(* Calls the function and says how it ended. *)
let serve worker id body =
  let { wire; main; _ } = worker in
  Program.forget_backtrace ();
  let call () =
    let request = read_request body in
    Wire.started wire id;
    main request Response.nothing
  in
  Program.on_new_stack call (answer wire id) (fun error ->
      Wire.error wire id (Errors.describe error (Printexc.get_raw_backtrace ())))

(* The next request; at the connection's end the process ends, at once: functions that still run must not see the program
   end around them. *)
let rec next_request wire =
  match Wire.read wire '\x01' with
  | Called (id, body) -> (id, body)
  | Ping id -> Wire.pong wire id; next_request wire
  | Output _ | Other -> next_request wire
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
  let wire = Program.connect () in
  Wire.ready wire [ "\x02"; Wire.i32 (Int32.of_int concurrency) ];
  start { wire; main; turns = Turns.make concurrency; running = 0 };
  while true do Unix.pause () done
