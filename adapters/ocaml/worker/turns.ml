(* Threads take turns at what only one may do at a time: here, reading the connection. Who has read a request lets another
   thread read, and then runs the request itself. So no thread is started for it, and it waits for no other one. *)

type t = {
  changing : Mutex.t;
  mutable is_taken : bool;
  (* Whether a thread was called or started that is not here yet. One is enough: OCaml runs one at a time. *)
  mutable is_one_coming : bool;
  (* The bells of those that sleep: the last one is called first. *)
  mutable idle : Condition.t list;
  most_idle : int;
}

(* The first thread is to be started now. *)
let make most_idle = { changing = Mutex.create (); is_taken = false; is_one_coming = true; idle = []; most_idle }

(* What a thread that was started does first. *)
let arrive turns = Mutex.protect turns.changing (fun () -> turns.is_one_coming <- false)

(* Waits for this thread's turn, with a bell of its own. False if enough threads wait already, so that this one should end. *)
let take turns bell =
  let rec wait () =
    if not turns.is_taken then (turns.is_taken <- true; true)
    else if List.compare_length_with turns.idle turns.most_idle >= 0 then false
    else begin
      turns.idle <- bell :: turns.idle;
      while List.memq bell turns.idle do Condition.wait bell turns.changing done;
      turns.is_one_coming <- false;
      wait ()
    end
  in
  Mutex.protect turns.changing wait

(* Ends the turn and calls the next thread. False if there is none, so that one must be started. *)
let pass turns =
  Mutex.lock turns.changing;
  turns.is_taken <- false;
  let was_one_coming = turns.is_one_coming and idle = turns.idle in
  turns.is_one_coming <- true;
  if not was_one_coming then turns.idle <- (match idle with [] -> [] | _ :: rest -> rest);
  Mutex.unlock turns.changing;
  match idle with
  | _ when was_one_coming -> true
  | [] -> false
  | bell :: _ -> Condition.signal bell; true
