(* Makes what a function returns. A name may come several times in [headers]. *)

type t = { value : Yojson.Safe.t; status : int; headers : (string * string) list }

let answer status headers value = { value; status; headers }

(* Answers with text. *)
let text ?(status = 200) ?(headers = []) (_ : t) text = answer status headers (`String text)

(* The old name of [text]. *)
let send = text

(* Answers with bytes. *)
let binary = text

(* Answers with a value as JSON. *)
let json ?(status = 200) ?(headers = []) (_ : t) value = answer status headers value

(* Answers without content. *)
let empty (_ : t) = answer 204 [] `Null

(* Answers without content, and says where to go. *)
let redirect ?(status = 301) ?(headers = []) (_ : t) url = answer status (headers @ [ ("location", url) ]) `Null
