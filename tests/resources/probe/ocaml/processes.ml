(* Processes and files. *)

let mib = 1024 * 1024

(* How often the work could be done, and what stopped it. *)
let until_error times work : int * Yojson.Safe.t =
  let rec go finished =
    if finished = times then (finished, `Null)
    else match work () with _ -> go (finished + 1) | exception Unix.Unix_error (code, _, _) -> (finished, `String (Unix.error_message code))
  in
  go 0

(* Leaves a process of its own behind and returns its id. A fork is not allowed beside threads' domains, spawning is. *)
let start_sleeper () =
  let nothing = Unix.openfile "/dev/null" [ O_RDWR; O_CLOEXEC ] 0 in
  Fun.protect ~finally:(fun () -> Unix.close nothing) (fun () ->
      Unix.create_process "setsid" [| "setsid"; "sleep"; "60" |] nothing nothing nothing)

let fill path count =
  let file = Unix.openfile path [ O_WRONLY; O_CREAT; O_TRUNC; O_CLOEXEC ] 0o644 in
  let block = Bytes.make mib 'x' in
  let _, error = until_error count (fun () -> Unix.write file block 0 mib) in
  Unix.close file;
  ((Unix.stat path).st_size, error)

let content path = In_channel.with_open_bin path In_channel.input_all
