(* [context.res], and what makes a function's answer of it: what these return, the function returns in turn (V27). A name
   may come several times in [headers] (V31). *)

type t = { body : string option; status : int; headers : (string * string) list }

let nothing = { body = None; status = 200; headers = [] }

(* Answers with bytes. *)
let binary ?(status = 200) ?(headers = []) (_ : t) body = { body = Some body; status; headers }

(* Answers with text, which should be UTF-8. *)
let text = binary

(* The old name of [text]. *)
let send = binary

(* A header of our own comes before the function's. *)
let with_own name value headers =
  List.filter (fun (other, _) -> String.lowercase_ascii other <> name) headers @ [ (name, value) ]

(* Answers with a value. Raises Invalid_argument if JSON cannot hold it. *)
let json ?status ?(headers = []) res value =
  binary ?status ~headers:(with_own "content-type" "application/json" headers) res (Checked_json.text value)

(* Answers without content. *)
let empty res = binary ~status:204 res ""

(* Answers without content, and says where to go. *)
let redirect ?(status = 301) ?(headers = []) res url = binary ~status ~headers:(with_own "location" url headers) res ""
