------------------------------ MODULE Election ------------------------------
(***************************************************************************)
(* An election over one record of a store that can compare and swap.       *)
(*                                                                         *)
(* Time is real time, in ticks. Clocks do not appear: what a clock whose   *)
(* rate stays within 1 +- rho can make of a duration is put into the two   *)
(* constants D and L,                                                      *)
(*                                                                         *)
(*   D = renew deadline / (1 - rho)   the longest that a leader leads      *)
(*                                    after it sent its last renewal       *)
(*   L = lease duration / (1 + rho)   the shortest that a follower waits   *)
(*                                    after it first saw a record          *)
(*                                                                         *)
(* so that the rule E13, lease * (1 - rho) / (1 + rho) > deadline, is      *)
(* D < L, and what is left over, L - D, bounds the time the work has to    *)
(* stop.                                                                   *)
(*                                                                         *)
(* A write is a message of its own: it may arrive at any time after it was *)
(* sent, long after its sender gave up on it, or never; and so may its     *)
(* answer. Reads are atomic: a read that is answered late only makes its   *)
(* reader wait longer, and what it then writes expects an older revision.  *)
(*                                                                         *)
(* The constant Mistakes plants the mistakes that the rules rule out.      *)
(***************************************************************************)
EXTENDS Integers, FiniteSets, Sequences, TLC

CONSTANTS
    Candidates,   \* a symmetry set
    D, L, Stop,   \* in ticks; Stop: the longest that obedient work takes to stop
    MaxTime,      \* bounds the search
    MaxRev,       \* bounds the search: changes of the record
    MaxFlying,    \* bounds the search: writes on their way at a time
    MaxDeletions, \* how often an operator deletes the record by hand
    Mistakes      \* a subset of the names below

Nobody == "nobody"

ASSUME Mistakes \subseteq
    {"count from the reply", "release before the work stopped", "trust a created record",
     "token from the last one only", "take over without waiting", "release at any revision"}

Makes(mistake) == mistake \in Mistakes

VARIABLES
    now,
    store,     \* what the store holds; its revision names the very write that made it
    flying,    \* writes that were sent and have not arrived
    applied,   \* writes that were applied and whose answer has not arrived
    deletions,
    phase,     \* of each candidate: "following", "leading", "draining", "ended"
    seen,      \* what each last saw, and since when
    until,     \* when its validity ends
    held,      \* the revision of its own record while it holds it, else 0
    working,   \* whether its work runs
    lastToken, \* the token of the term that started last
    ordered    \* whether each term's token was greater than the one before

vars == <<now, store, flying, applied, deletions, phase, seen, until, held, working, lastToken, ordered>>

messages == <<flying, applied>>
history == <<lastToken, ordered>>

Max(a, b) == IF a > b THEN a ELSE b

(* At first there is a record that somebody released, and everybody has seen it. *)
First == [there |-> TRUE, holder |-> Nobody, token |-> 0, released |-> TRUE, rev |-> 1]

Init ==
    /\ now = 0
    /\ store = First
    /\ flying = {} /\ applied = {}
    /\ deletions = 0
    /\ phase = [c \in Candidates |-> "following"]
    /\ seen = [c \in Candidates |-> [record |-> First, at |-> 0]]
    /\ until = [c \in Candidates |-> 0]
    /\ held = [c \in Candidates |-> 0]
    /\ working = [c \in Candidates |-> FALSE]
    /\ lastToken = 0 /\ ordered = TRUE

Valid(c) == phase[c] = "leading" /\ now < until[c]

-----------------------------------------------------------------------------
(* Time passes; but work that obeys has stopped by the end of its time. *)

Tick ==
    /\ now < MaxTime
    /\ \A c \in Candidates : working[c] => now < until[c] + Stop
    /\ now' = now + 1
    /\ UNCHANGED <<store, messages, deletions, phase, seen, until, held, working, history>>

-----------------------------------------------------------------------------
(* Writes and their way. Nobody waits for an answer: who sent a write may send the next, as after a timeout. *)

Send(c, kind, expect, holder, token) ==
    /\ Cardinality(flying) < MaxFlying
    /\ flying' = flying \cup
         {[by |-> c, kind |-> kind, expect |-> expect, holder |-> holder, token |-> token, sent |-> now]}
    /\ UNCHANGED applied

Fits(write) == store.rev = write.expect \/ (write.kind = "release" /\ Makes("release at any revision"))

Written(write) ==
    [there |-> TRUE, holder |-> write.holder, token |-> write.token, released |-> write.kind = "release",
     rev |-> store.rev + 1]

Arrive(write) ==
    /\ flying' = flying \ {write}
    /\ IF Fits(write)
       THEN /\ store.rev < MaxRev
            /\ store' = Written(write)
            /\ applied' = applied \cup {[write |-> write, left |-> Written(write)]}
       ELSE UNCHANGED <<store, applied>> \* a conflict tells no more than a read does
    /\ UNCHANGED <<now, deletions, phase, seen, until, held, working, history>>

Lose ==
    /\ \/ \E write \in flying : flying' = flying \ {write} /\ UNCHANGED applied
       \/ \E answer \in applied : applied' = applied \ {answer} /\ UNCHANGED flying
    /\ UNCHANGED <<now, store, deletions, phase, seen, until, held, working, history>>

(* What a candidate notes when it is shown a record: the wait begins anew only for another one. *)
Note(c, record) ==
    seen' = IF seen[c].record = record THEN seen ELSE [seen EXCEPT ![c] = [record |-> record, at |-> now]]

(* A write is acknowledged: by its answer, or by a read that shows what it wrote. *)
Acknowledge(answer) ==
    LET write == answer.write
        c == write.by
        from == IF Makes("count from the reply") THEN now ELSE write.sent
    IN
    /\ applied' = applied \ {answer}
    /\ CASE write.kind = "acquire" /\ phase[c] = "following" /\ ~working[c] /\ now < from + D ->
              /\ phase' = [phase EXCEPT ![c] = "leading"]
              /\ until' = [until EXCEPT ![c] = from + D]
              /\ held' = [held EXCEPT ![c] = answer.left.rev]
              /\ working' = [working EXCEPT ![c] = TRUE]
              /\ ordered' = (ordered /\ write.token > lastToken)
              /\ lastToken' = write.token
         [] write.kind = "renew" /\ phase[c] \in {"leading", "draining"} /\ now < until[c] ->
              /\ until' = [until EXCEPT ![c] = Max(@, from + D)]
              /\ held' = [held EXCEPT ![c] = Max(@, answer.left.rev)]
              /\ UNCHANGED <<phase, working, history>>
         [] write.kind = "release" /\ phase[c] = "draining" /\ ~working[c] ->
              /\ phase' = [phase EXCEPT ![c] = "following"]
              /\ held' = [held EXCEPT ![c] = 0]
              /\ UNCHANGED <<until, working, history>>
         [] OTHER -> UNCHANGED <<phase, until, held, working, history>>
    /\ IF answer.left.rev > seen[c].record.rev THEN Note(c, answer.left) ELSE UNCHANGED seen
    /\ UNCHANGED <<now, store, flying, deletions>>

(* A read that shows what is not the reader's own write. *)
Read(c) ==
    /\ store # seen[c].record
    /\ ~\E answer \in applied : answer.write.by = c /\ answer.left = store
    /\ Note(c, store)
    /\ IF phase[c] \in {"leading", "draining"} /\ held[c] # store.rev
       THEN /\ phase' = [phase EXCEPT ![c] = "ended"]
            /\ until' = [until EXCEPT ![c] = IF @ < now THEN @ ELSE now]
            /\ held' = [held EXCEPT ![c] = 0]
       ELSE UNCHANGED <<phase, until, held>>
    /\ UNCHANGED <<now, store, messages, deletions, working, history>>

-----------------------------------------------------------------------------
(* What candidates do. *)

(* What a holder gave back is free at once. Anything else is waited out: a lease, but a missing record, too. *)
MayTake(c) ==
    LET record == seen[c].record IN
    \/ record.holder = Nobody /\ (record.released \/ Makes("trust a created record"))
    \/ Makes("take over without waiting")
    \/ now >= seen[c].at + L

Token(record) ==
    IF Makes("token from the last one only") THEN record.token + 1 ELSE Max(record.token + 1, record.rev)

Acquire(c) ==
    /\ phase[c] = "following" /\ ~working[c]
    /\ seen[c].record.there
    /\ MayTake(c)
    /\ Send(c, "acquire", seen[c].record.rev, c, Token(seen[c].record))
    /\ UNCHANGED <<now, store, deletions, phase, seen, until, held, working, history>>

Create(c) ==
    /\ phase[c] = "following" /\ ~working[c]
    /\ ~seen[c].record.there
    /\ Send(c, "create", seen[c].record.rev, Nobody, 0)
    /\ UNCHANGED <<now, store, deletions, phase, seen, until, held, working, history>>

Renew(c) ==
    /\ phase[c] \in {"leading", "draining"} /\ working[c] /\ now < until[c]
    /\ Send(c, "renew", held[c], c, seen[c].record.token)
    /\ UNCHANGED <<now, store, deletions, phase, seen, until, held, working, history>>

Resign(c) ==
    /\ Valid(c)
    /\ phase' = [phase EXCEPT ![c] = "draining"]
    /\ UNCHANGED <<now, store, messages, deletions, seen, until, held, working, history>>

Release(c) ==
    /\ phase[c] = "draining" /\ held[c] # 0
    /\ ~working[c] \/ Makes("release before the work stopped")
    /\ Send(c, "release", held[c], Nobody, seen[c].record.token)
    /\ UNCHANGED <<now, store, deletions, phase, seen, until, held, working, history>>

Expire(c) ==
    /\ phase[c] = "leading" \/ (phase[c] = "draining" /\ working[c])
    /\ now >= until[c]
    /\ phase' = [phase EXCEPT ![c] = "ended"]
    /\ held' = [held EXCEPT ![c] = 0]
    /\ UNCHANGED <<now, store, messages, deletions, seen, until, working, history>>

StopWork(c) ==
    /\ working[c] /\ phase[c] # "leading"
    /\ working' = [working EXCEPT ![c] = FALSE]
    /\ phase' = [phase EXCEPT ![c] = IF @ = "ended" THEN "following" ELSE @]
    /\ UNCHANGED <<now, store, messages, deletions, seen, until, held, history>>

(* A release that is not answered is left to expire. *)
Abandon(c) ==
    /\ phase[c] = "draining" /\ ~working[c]
    /\ phase' = [phase EXCEPT ![c] = "following"]
    /\ held' = [held EXCEPT ![c] = 0]
    /\ UNCHANGED <<now, store, messages, deletions, seen, until, working, history>>

-----------------------------------------------------------------------------
(* What an operator does to the record. *)

Delete ==
    /\ deletions < MaxDeletions /\ store.there /\ store.rev < MaxRev
    /\ store' = [there |-> FALSE, holder |-> Nobody, token |-> 0, released |-> FALSE, rev |-> store.rev + 1]
    /\ deletions' = deletions + 1
    /\ UNCHANGED <<now, messages, phase, seen, until, held, working, history>>

-----------------------------------------------------------------------------
Next ==
    \/ Tick
    \/ Delete
    \/ Lose
    \/ \E write \in flying : Arrive(write)
    \/ \E answer \in applied : Acknowledge(answer)
    \/ \E c \in Candidates :
        \/ Read(c)
        \/ Acquire(c) \/ Create(c) \/ Renew(c) \/ Resign(c) \/ Release(c)
        \/ Expire(c) \/ StopWork(c) \/ Abandon(c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
OneLeader == \A c, d \in Candidates : Valid(c) /\ Valid(d) => c = d

OneAtWork == \A c, d \in Candidates : working[c] /\ working[d] => c = d

TokensGrow == ordered

Symmetry == Permutations(Candidates)
=============================================================================
