(* Makes a function's answer: what [send] or [json] returns and the function returns in turn (contract F3, F4). *)

type kind = Text | Json | Nothing

type t = { kind : kind; status : int; body : string }

let nothing = { kind = Nothing; status = 200; body = "" }

(* Answers with text. Raises Invalid_argument if it is no UTF-8. *)
let send ?(status = 200) (_ : t) text =
  if not (String.is_valid_utf_8 text) then invalid_arg "Response.send takes text, and these bytes are no UTF-8";
  { kind = Text; status; body = text }

(* Answers with a value. Raises Invalid_argument if JSON cannot hold it. *)
let json ?(status = 200) (_ : t) value = { kind = Json; status; body = Checked_json.text value }
