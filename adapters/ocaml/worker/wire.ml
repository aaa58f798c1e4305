(* The connection to the gateway and its frames, as docs/worker-protocol.md describes them. *)

(* [Called] by a REQUEST or a CALL, whose id and body it has. [Output] has a folder with pipes. *)
type received = Called of int32 * string | Ping of int32 | Output of string | Other

(* What a frame's body holds, read from its beginning. *)
module Fields = struct
  type t = { body : string; mutable at : int }

  let of_body body = { body; at = 0 }

  let bytes fields size =
    fields.at <- fields.at + size;
    String.sub fields.body (fields.at - size) size

  let u8 fields = fields.at <- fields.at + 1; Char.code fields.body.[fields.at - 1]
  let u16 fields = fields.at <- fields.at + 2; String.get_uint16_be fields.body (fields.at - 2)
  let u32 fields = fields.at <- fields.at + 4; Int32.to_int (String.get_int32_be fields.body (fields.at - 4))
  let text fields = let size = u32 fields in bytes fields size
  let rest fields = bytes fields (String.length fields.body - fields.at)

  let map add empty fields =
    let pair names = let name = text fields in add name (text fields) names in
    let rec go count names = if count = 0 then names else go (count - 1) (pair names) in
    go (u32 fields) empty
end

(* Bytes of kind and id, which a frame's size counts in. *)
let kind_and_id = 5

type t = {
  descriptor : Unix.file_descr;
  writing : Mutex.t;
  (* One thread at a time may read. Between these two is what was received and not taken. *)
  buffer : Bytes.t;
  mutable begins : int;
  mutable ends : int;
}

external send_now : Unix.file_descr -> string -> int -> int = "runtime_send_now" [@@noalloc]
external receive_now : Unix.file_descr -> Bytes.t -> int = "runtime_receive_now" [@@noalloc]

let connect path =
  let descriptor = Unix.socket ~cloexec:true PF_UNIX SOCK_STREAM 0 in
  Unix.connect descriptor (ADDR_UNIX path);
  { descriptor; writing = Mutex.create (); buffer = Bytes.create 65536; begins = 0; ends = 0 }

(* Fills the empty buffer. *)
let receive wire =
  let count = receive_now wire.descriptor wire.buffer in
  let count = if count < 0 then Unix.read wire.descriptor wire.buffer 0 (Bytes.length wire.buffer) else count in
  if count = 0 then raise End_of_file;
  wire.begins <- 0;
  wire.ends <- count

(* So many bytes. *)
let take wire size =
  let taken = Bytes.create size in
  let rec fill at =
    if at < size then begin
      if wire.begins = wire.ends then receive wire;
      let count = min (size - at) (wire.ends - wire.begins) in
      Bytes.blit wire.buffer wire.begins taken at count;
      wire.begins <- wire.begins + count;
      fill (at + count)
    end
  in
  fill 0;
  Bytes.unsafe_to_string taken

(* The next frame; the function is called by those of a kind. Raises End_of_file once the gateway has closed the connection. *)
let read wire kind =
  let head = take wire (4 + kind_and_id) in
  let body = take wire (Int32.to_int (String.get_int32_be head 0) - kind_and_id) in
  let id = String.get_int32_be head kind_and_id in
  match head.[4] with
  | found when found = kind -> Called (id, body)
  | '\x02' -> Ping id
  | '\x05' -> Output (Fields.text (Fields.of_body body))
  | _ -> Other

let u16 value = let bytes = Bytes.create 2 in Bytes.set_uint16_be bytes 0 value; Bytes.unsafe_to_string bytes
let i32 value = let bytes = Bytes.create 4 in Bytes.set_int32_be bytes 0 value; Bytes.unsafe_to_string bytes

(* Writes a frame whole, from any thread. A gateway that is gone ends the process where it reads. *)
let write wire kind id parts =
  let size = List.fold_left (fun size part -> size + String.length part) kind_and_id parts in
  let frame = String.concat "" (i32 (Int32.of_int size) :: String.make 1 kind :: i32 id :: parts) in
  let size = String.length frame in
  Mutex.protect wire.writing (fun () ->
      let sent = max 0 (send_now wire.descriptor frame 0) in
      if sent < size then
        try ignore (Unix.write_substring wire.descriptor frame sent (size - sent)) with Unix.Unix_error (EPIPE, _, _) -> ())

let ready wire parts = write wire '\x11' 0l parts
let started wire id = write wire '\x13' id []
let pong wire id = write wire '\x16' id []
let silent wire id = write wire '\x17' id []
let text text = [ i32 (Int32.of_int (String.length text)); text ]
let error wire id message = write wire '\x15' id (u16 500 :: text message)

(* A status beyond 32 bits is out of range anyway, which the gateway says. *)
let held_status status = i32 (if abs status < 1 lsl 31 then Int32.of_int status else -1l)
