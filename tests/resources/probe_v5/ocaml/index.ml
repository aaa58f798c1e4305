(* The probe of the open-runtimes protocol: does what the header x-action says (tests/resources/probe_v5/README.md). *)

(* What fails in tail position would leave no frame of its caller behind. *)
let main (context : Context.t) =
  let named name otherwise = Option.value (Request.header context.req name) ~default:otherwise in
  Sys.opaque_identity (Actions.act context (Options.read (named "x-with" "{}")) (named "x-action" "seen"))
