(* What a function is called with. *)

module Names = Map.Make (String)

type t = {
  env : string Names.t;
  headers : string Names.t;
  payload : string;
}

let env request name = Names.find_opt name request.env
let header request name = Names.find_opt name request.headers
