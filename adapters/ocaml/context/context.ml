(* What a function of the open-runtimes protocol is called with (docs/protocol-v5.md). *)

(* [tell] sends an entry, until the request's end. *)
type journal = { process : int; mutable tell : (int -> string -> unit) option }

type t = { req : Request.t; res : Response.t; journal : journal }

let logs = 0
let errors = 1

(* What was printed goes out. *)
let flush () = List.iter (fun stream -> try Stdlib.flush stream with Sys_error _ -> ()) [ stdout; stderr ]

(* Not from a child that the function has forked, which is none of the gateway's. *)
let tell { journal = { process; tell }; _ } stream text =
  match tell with
  | Some tell when process = Unix.getpid () -> flush (); tell stream text
  | _ -> ()

(* Adds an entry to the request's logs. *)
let log context text = tell context logs text

(* Adds an entry to the request's errors. *)
let error context text = tell context errors text

(* The same with a format, as of [Printf.sprintf]. *)
let logf context format = Printf.ksprintf (log context) format
let errorf context format = Printf.ksprintf (error context) format

(* Adds an exception to the request's errors, with the places that it has passed: call it first where it is caught. *)
let error_exn context caught =
  let trace = Printexc.get_raw_backtrace () in
  error context (Errors.describe caught trace)

(* Of one request; without [tell] its entries are not wanted. *)
let make req tell = { req; res = Response.nothing; journal = { process = Unix.getpid (); tell } }

(* What comes later is not this request's (V34). *)
let finish { journal; _ } =
  journal.tell <- None;
  flush ()
