(* The probe in a project with files of its own for dune, called in a thread. *)
let main (context : Context.t) =
  let answer = ref (Ok context.res) in
  let named name otherwise = Option.value (Request.header context.req name) ~default:otherwise in
  let work () =
    answer := try Ok (Actions.act context (Options.read (named "x-with" "{}")) (named "x-action" "seen")) with error -> Error error
  in
  Thread.join (Thread.create work ());
  match !answer with Ok response -> response | Error error -> raise error
