type t = { value : Yojson.Safe.t; status : int }

(* Answers with text. *)
let send ?(status = 200) (_ : t) text = { value = `String text; status }

(* Answers with a value as JSON. *)
let json ?(status = 200) (_ : t) (value : Yojson.Safe.t) = { value; status }
