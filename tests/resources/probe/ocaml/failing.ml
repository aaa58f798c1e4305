(* What can go wrong in a function. *)

exception Custom of string
exception Unprintable

let () =
  Printexc.register_printer (function Custom text -> Some ("Custom: " ^ text) | Unprintable -> failwith "no text" | _ -> None)

(* No whole numbers of this depth: the stack's end comes first. *)
let rec recurse depth = 1 + recurse (depth + 1)

(* Two places that a compiler may take for one. *)
let raise_either first =
  if first then raise (Failure "side by side")
  else raise (Failure "side by side, too")

let raise_as text = function
  | "error" -> failwith text
  | ("first" | "second") as kind -> raise_either (kind = "first")
  | "custom" -> raise (Custom "custom text")
  | "unprintable" -> raise Unprintable
  | "odd" -> failwith "odd \xff\x00\u{202e} text"
  | "long" -> failwith (String.make 1_000_000 'x')
  | "recursion" -> string_of_int (recurse 0)
  | "divide" -> string_of_int (1 / String.length "")
  | "index" -> string_of_int (Array.length Sys.argv |> fun size -> Sys.argv.(size) |> String.length)
  | "exit_thread" -> raise Thread.Exit
  | kind -> invalid_arg ("the probe knows no kind " ^ kind)

(* A value cannot hold itself here; what it can is to be as deep as if it did. The compiler refuses functions. *)
let unserialisable : string -> Yojson.Safe.t = function
  | "nan" -> `Assoc [ ("value", `Float Float.nan) ]
  | "infinity" -> `List [ `Float Float.infinity ]
  | "cycle" -> Seq.fold_left (fun value _ -> `List [ value ]) `Null (Seq.take 100_000 (Seq.ints 0))
  | "function" -> `Intlit "function"
  | "bytes" | "surrogate" -> `String "\xed\xa0\x80"
  | kind -> invalid_arg ("the probe knows no kind " ^ kind)
