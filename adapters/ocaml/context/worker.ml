(* The worker of a function that takes a context (docs/worker-protocol.md): one request at a time, so that all that it
   prints between CALL and RESULT is that request's, what its child processes print, too. *)

(* A flag of CALL; flags of READY: the function takes a context, the worker understands OUTPUT. *)
let logging = 0x01
let flags_of_ready = "\x06"

(* What a CALL holds: its flags, and the function's [context.req]. *)
let read_call body =
  let open Wire.Fields in
  let fields = of_body body in
  let names = map Request.Names.add Request.Names.empty in
  let flags = u8 fields in
  let meth = text fields in
  let scheme = text fields in
  let host = text fields in
  let port = u16 fields in
  let path = text fields in
  let query_string = text fields in
  let url = text fields in
  let query = names fields in
  let headers = names fields in
  (flags, { Request.meth; scheme; host; port; path; query_string; url; query; headers; body_binary = rest fields })

let log wire id stream text = Wire.write wire '\x18' id [ Printf.sprintf "%c\x00" (Char.chr stream); text ]

let answer wire id ({ body; status; headers } : Response.t) =
  match body with
  | None -> Wire.silent wire id
  | Some body ->
    let pairs = List.concat_map (fun (name, value) -> Wire.text name @ Wire.text value) headers in
    let head = Wire.held_status status :: Wire.i32 (Int32.of_int (List.length headers)) :: pairs in
    Wire.write wire '\x19' id (head @ [ body ])

(* Calls the function and says how it ended. *)
let serve wire main id body =
  Program.forget_backtrace ();
  let flags, req = read_call body in
  let context = Context.make req (if flags land logging <> 0 then Some (log wire id) else None) in
  let failed error =
    let message = Errors.describe error (Printexc.get_raw_backtrace ()) in
    fun () -> Wire.error wire id message
  in
  let tell = Program.on_new_stack (fun () -> main context) (fun response () -> answer wire id response) failed in
  Context.finish context;
  tell ()

(* Prints to other pipes from now on. *)
let open_output folder =
  let replace (name, stream) =
    let pipe = Unix.openfile (Filename.concat folder name) [ O_WRONLY; O_CLOEXEC ] 0 in
    Unix.dup2 ~cloexec:false pipe stream;
    Unix.close pipe
  in
  List.iter replace [ ("stdout", Unix.stdout); ("stderr", Unix.stderr) ]

(* The whole program, with the user's function. *)
let run (main : Context.t -> Response.t) =
  let wire = Program.connect () in
  Wire.ready wire [ "\x00"; Wire.i32 1l; flags_of_ready ];
  while true do
    match Wire.read wire '\x04' with
    | Called (id, body) -> serve wire main id body
    | Ping id -> Wire.pong wire id
    | Output folder -> Context.flush (); open_output folder
    | Other -> ()
    | exception (End_of_file | Unix.Unix_error _) -> Unix._exit 0
  done
