module Names = Map.Make (String)

(* Path and query are as they were sent, not decoded; names of headers are in lower case. *)
type t = {
  meth : string;
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

let header request name = Names.find_opt name request.headers
let parameter request name = Names.find_opt name request.query

(* The body as text. *)
let body_text request = request.body_binary

(* The old name of [body_text]. *)
let body_raw = body_text

(* The body, parsed. Raises Yojson.Json_error if it is no JSON. *)
let body_json request = Yojson.Safe.from_string request.body_binary

(* The parsed JSON if the Content-Type says so, else the text. *)
let body request : Yojson.Safe.t =
  match header request "content-type" with
  | Some kind when String.starts_with ~prefix:"application/json" kind ->
      if request.body_binary = "" then `Assoc [] else body_json request
  | _ -> `String request.body_binary
