(* An action's parameters; one that is missing has its default. *)

open Yojson.Safe.Util

type t = Yojson.Safe.t

let read text : t = Yojson.Safe.from_string text
let value options name : Yojson.Safe.t = member name options
let text options name otherwise = Option.value (to_string_option (value options name)) ~default:otherwise
let whole options name otherwise = Option.value (to_int_option (value options name)) ~default:otherwise
let seconds options = to_number (value options "seconds")
let texts options name = match value options name with `Null -> [] | values -> List.map to_string (to_list values)

(* Text as it is, other values as JSON. *)
let written = function `String text -> text | other -> Yojson.Safe.to_string other

(* A name comes as often as it has values. *)
let headers options =
  let pairs (name, value) = List.map (fun each -> (name, written each)) (match value with `List values -> values | one -> [ one ]) in
  match value options "headers" with `Null -> [] | given -> List.concat_map pairs (to_assoc given)
