(* What a function is called with. *)

type t = { req : Request.t; res : Response.t; note : string -> unit }

(* Adds an entry to the request's logs. *)
let log context text = context.note ("log: " ^ text)

(* Adds an entry to the request's errors. *)
let error context text = context.note ("error: " ^ text)

(* The same with a format, as of [Printf.sprintf]. *)
let logf context format = Printf.ksprintf (log context) format
let errorf context format = Printf.ksprintf (error context) format

(* Adds an exception to the request's errors, with its backtrace. *)
let error_exn context caught = error context (Printexc.to_string caught)
