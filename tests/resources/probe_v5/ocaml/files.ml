(* Files, processes, and what the system says of them. *)

let mib = 1024 * 1024

let error_name : Unix.error -> string = function
  | EACCES -> "EACCES"
  | ENOENT -> "ENOENT"
  | EPERM -> "EPERM"
  | ENOSPC -> "ENOSPC"
  | other -> Unix.error_message other

(* All that a file holds; the system's own errors, which channels do not tell. *)
let content path =
  let file = Unix.openfile path [ O_RDONLY; O_CLOEXEC ] 0 in
  let channel = Unix.in_channel_of_descr file in
  Fun.protect
    ~finally:(fun () -> close_in channel)
    (fun () -> try In_channel.input_all channel with Sys_error _ -> raise (Unix.Unix_error (EACCES, "read", path)))

let append path text =
  let file = Unix.openfile path [ O_WRONLY; O_APPEND; O_CREAT; O_CLOEXEC ] 0o644 in
  Fun.protect ~finally:(fun () -> Unix.close file) (fun () -> ignore (Unix.write_substring file text 0 (String.length text)))

(* Writes until the folder takes no more, at most so many MiB; keeps nothing. *)
let fill path count =
  let block = Bytes.make mib 'x' in
  let write () =
    let file = Unix.openfile path [ O_WRONLY; O_CREAT; O_TRUNC; O_CLOEXEC ] 0o644 in
    Fun.protect ~finally:(fun () -> Unix.close file) (fun () -> for _ = 1 to count do ignore (Unix.write file block 0 mib) done)
  in
  let said = match write () with () -> "written" | exception Unix.Unix_error (code, _, _) -> error_name code in
  if Sys.file_exists path then Sys.remove path;
  said

(* OCaml's library has no SHA-256; the image has a program. *)
let sha256 text =
  let path = Filename.temp_file "probe" "" in
  Out_channel.with_open_bin path (fun file -> output_string file text);
  let digest = Unix.open_process_in ("sha256sum <" ^ path) in
  let line = input_line digest in
  ignore (Unix.close_process_in digest);
  Sys.remove path;
  String.sub line 0 64

(* Runs a command of the shell, whose output is this process's. *)
let run command = ignore (Sys.command command)

(* Linux's own numbers: OCaml has negative ones for those that it knows. *)
let signal_number = function "SIGKILL" -> 9 | "SIGTERM" -> 15 | "SIGABRT" -> 6 | name -> invalid_arg ("the probe knows no signal " ^ name)
