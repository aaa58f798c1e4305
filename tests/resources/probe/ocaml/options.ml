(* The payload's parameters; one that is missing or null has its default. *)

open Yojson.Safe.Util

type t = Yojson.Safe.t

let read payload : t =
  match Yojson.Safe.from_string payload with `Assoc _ as options -> options | _ | (exception Yojson.Json_error _) -> `Assoc []

let value options name : Yojson.Safe.t = member name options
let text options name otherwise = Option.value (to_string_option (value options name)) ~default:otherwise
let whole options name otherwise = Option.value (to_int_option (value options name)) ~default:otherwise
let seconds options = to_number_option (value options "seconds")
let wait options = Option.value (seconds options) ~default:1.0
