(* What workers of both shapes of functions do. *)

let usage_error = 64

(* In words. Deep enough for any function, and reached long before the memory is used up. *)
let stack_limit = 1024 * 1024

external unsetenv : string -> unit = "runtime_unsetenv"
external keep_little : unit -> unit = "runtime_keep_little"
external forget_backtrace : unit -> unit = "runtime_forget_backtrace" [@@noalloc]

(* Calls it on a stack of its own: one that has grown is not kept for the thread's next request. *)
let on_new_stack call retc exnc = Effect.Deep.match_with call () { retc; exnc; effc = (fun _ -> None) }

(* Connects to the gateway, and makes this process one for functions. *)
let connect () =
  match Sys.getenv_opt "RUNTIME_SOCKET" with
  | None ->
    prerr_endline "runtime: this is a compiled function, which the gateway of a run image starts; mount its archive there";
    exit usage_error
  | Some path ->
    let wire = Wire.connect path in
    List.iter unsetenv [ "RUNTIME_SOCKET"; "RUNTIME_SHAPE" ];
    keep_little ();
    Printexc.record_backtrace true;
    Gc.set { (Gc.get ()) with stack_limit };
    Sys.set_signal Sys.sigpipe Signal_ignore;
    Out_channel.set_buffered stdout false;
    wire
