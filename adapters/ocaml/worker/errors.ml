(* What an exception says: its type and text, and the function's own places that it passed (contract E2). *)

(* Of one exception, in bytes: leaves room for the stack trace in a message's 8 KiB (contract E2). *)
let text_limit = 4000

(* Innermost first. *)
let frame_limit = 30

(* Where the compiler finds the function's files, and where they are: in the folder that the gateway starts the worker in. *)
let compiled_in = "function/"
let folder = Sys.getcwd () ^ "/"

let text = function
  | Failure text -> "Failure: " ^ text
  | Invalid_argument text -> "Invalid_argument: " ^ text
  | Sys_error text -> "Sys_error: " ^ text
  | error -> Printexc.to_string error

(* Dune puts the library's name in front of its modules'. *)
let readable_name name =
  let prefix = "Handler__" in
  let size = String.length prefix in
  if String.starts_with ~prefix name then String.sub name size (String.length name - size) else name

let frame slot =
  match Printexc.Slot.location slot with
  | Some { filename; line_number; _ } when String.starts_with ~prefix:compiled_in filename ->
    let size = String.length compiled_in in
    let file = folder ^ String.sub filename size (String.length filename - size) in
    let place = Printf.sprintf "%s:%d" file line_number in
    Some (match Printexc.Slot.name slot with Some name -> Printf.sprintf "%s (%s)" (readable_name name) place | None -> place)
  | _ -> None

(* A recursion's repeated frames once. *)
let distinct frames = List.rev (List.fold_left (fun seen frame -> if List.mem frame seen then seen else frame :: seen) [] frames)

(* As many whole characters as the limit has room for. *)
let shortened text =
  let is_inside at = Char.code text.[at] land 0xc0 = 0x80 in
  let rec cut at = if at > text_limit - 4 && is_inside at then cut (at - 1) else at in
  if String.length text <= text_limit then text else String.sub text 0 (cut text_limit)

(* Describes an exception that has just been caught, with what was noted of its way. *)
let describe error trace =
  let text = text error in
  let slots = Option.fold ~none:[] ~some:Array.to_list (Printexc.backtrace_slots trace) in
  let frames = List.filteri (fun index _ -> index < frame_limit) (distinct (List.filter_map frame slots)) in
  String.concat "\n    at " (shortened text :: frames)
