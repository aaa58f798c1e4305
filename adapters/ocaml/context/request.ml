(* [context.req]. The other forms of the body are made when they are asked for (V24). *)

module Names = Map.Make (String)

type t = {
  meth : string;  (* [method] is a word of OCaml's own *)
  scheme : string;
  host : string;
  port : int;
  path : string;
  query_string : string;
  url : string;
  query : string Names.t;
  headers : string Names.t;
  body_binary : string;
}

(* The value of a name of [headers], in lower case; none if there is no such name. *)
let header request name = Names.find_opt name request.headers

(* The value of a name of [query]; none if there is no such name. *)
let parameter request name = Names.find_opt name request.query

let replaced bytes =
  let text = Buffer.create (String.length bytes) in
  let rec add at =
    if at < String.length bytes then begin
      let found = String.get_utf_8_uchar bytes at in
      Buffer.add_utf_8_uchar text (Uchar.utf_decode_uchar found);
      add (at + Uchar.utf_decode_length found)
    end
  in
  add 0;
  Buffer.contents text

(* The body as text; what is not UTF-8 becomes U+FFFD. *)
let body_text { body_binary; _ } = if String.is_valid_utf_8 body_binary then body_binary else replaced body_binary

(* The old name of [body_text]. *)
let body_raw = body_text

(* The body, parsed. Raises Yojson.Json_error if it is no JSON. *)
let body_json { body_binary; _ } = Yojson.Safe.from_string body_binary

let json = "application/json"

(* [body_json] if the Content-Type says JSON, an empty object for an empty body; else [body_text], as a value of JSON. *)
let body request : Yojson.Safe.t =
  let kind = String.lowercase_ascii (Option.value (header request "content-type") ~default:"") in
  if not (String.starts_with ~prefix:json kind) then `String (body_text request)
  else if request.body_binary = "" then `Assoc []
  else body_json request
