(* A thread for each connection, since OCaml's standard library has no HTTP server and no JSON: what the runtime is compared
   with. *)
let body = {|{"normal":"Hello World!","env1":"hello","payload":"benchmark"}|}

let answer =
  Printf.sprintf "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" (String.length body) body

let rec head input size =
  match String.trim (In_channel.input_line input |> Option.get) with
  | "" -> size
  | line -> (
      match String.split_on_char ':' (String.lowercase_ascii line) with
      | [ "content-length"; value ] -> head input (int_of_string (String.trim value))
      | _ -> head input size)

let serve client =
  let input = Unix.in_channel_of_descr client in
  let rec next () =
    ignore (really_input_string input (head input 0));
    ignore (Unix.write_substring client answer 0 (String.length answer));
    next ()
  in
  try next () with _ -> close_in_noerr input

let () =
  let listener = Unix.socket PF_INET SOCK_STREAM 0 in
  Unix.bind listener (ADDR_INET (Unix.inet_addr_any, 3000));
  Unix.listen listener 128;
  while true do
    let client, _ = Unix.accept ~cloexec:true listener in
    Unix.setsockopt client TCP_NODELAY true;
    ignore (Thread.create serve client)
  done
