(* Writes JSON, and nothing that only looks like it (contract F4). *)

(* Deeper than any value that means something. *)
let deepest = 1000

(* Why JSON cannot hold a value where Yojson would write it all the same. *)
let rec refusal depth : Yojson.Safe.t -> string option = function
  | _ when depth > deepest -> Some "it is nested too deep"
  | `String text when not (String.is_valid_utf_8 text) -> Some "it holds bytes that are no UTF-8"
  | `Float number when not (Float.is_finite number) -> Some "NaN and infinity are no numbers in JSON"
  | `Intlit text when not (String.for_all (function '0' .. '9' | '-' -> true | _ -> false) text) -> Some "it holds what is no number"
  | `Assoc members when List.exists (fun (name, _) -> not (String.is_valid_utf_8 name)) members -> Some "it holds a name that is no UTF-8"
  | `Assoc members -> List.find_map (fun (_, value) -> refusal (depth + 1) value) members
  | `List values -> List.find_map (refusal (depth + 1)) values
  | _ -> None

(* A value as compact JSON. Raises Invalid_argument if JSON cannot hold it. *)
let text (value : Yojson.Safe.t) =
  Option.iter (fun reason -> invalid_arg ("JSON cannot hold this value: " ^ reason)) (refusal 0 value);
  Yojson.Safe.to_string ~std:true value
