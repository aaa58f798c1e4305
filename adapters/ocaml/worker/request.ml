(* What a function is called with (contract F2). *)

module Names = Map.Make (String)

type t = {
  env : string Names.t;
  headers : string Names.t;
  payload : string;
}

(* The value of a name of [env]; none if there is no such name. *)
let env request name = Names.find_opt name request.env

(* The value of a name of [headers]; none if there is no such name. *)
let header request name = Names.find_opt name request.headers

(* [env] under the name that it had in 2022 (contract F8). *)
let variables request = request.env
