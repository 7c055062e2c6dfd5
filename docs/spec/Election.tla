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
(* answer. What a reader or a watch is shown may be some changes old.      *)
(*                                                                         *)
(* The constant Also names what else happens; each of it multiplies the    *)
(* states, so that most checks do without most of it. ElectionTrace, which *)
(* follows what a simulated world did, has all of it. The constant         *)
(* Mistakes plants the mistakes that the rules rule out.                   *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
    Candidates,
    D, L, Stop,   \* in ticks; Stop: the longest that obedient work takes to stop
    MaxTime,      \* bounds the search
    MaxRev,       \* bounds the search: changes of the record
    MaxFlying,    \* bounds the search: writes on their way at a time
    MaxDeletions, \* how often an operator deletes the record by hand
    MaxLate,      \* how many changes old may be what a reader is shown
    Also,         \* a subset of the names below
    Mistakes      \* a subset of the names below

Nobody == "nobody"

ASSUME Also \subseteq
    {"nothing at first", \* there is no record, and nobody has ever seen one
     "crashes",          \* of which nobody comes back, for who is started again is somebody else
     "touched labels",   \* somebody writes the same record again
     "events",           \* what a watch shows is only noted
     "fast clocks",      \* a leader finds its time over before it is
     "second thoughts",  \* a candidate does not want any more what it asked for, and gives it back
     "slow hands"}       \* time passes, and news come, between a decision and the sending

ASSUME Mistakes \subseteq
    {"count from the reply", "release before the work stopped", "trust a created record",
     "token from the last one only", "take over without waiting", "release at any revision"}

Happens(what) == what \in Also

Makes(mistake) == mistake \in Mistakes

VARIABLES
    now,
    store,     \* what the store holds
    past,      \* what it held, as long as anybody may be shown it
    flying,    \* writes that were sent and have not arrived
    applied,   \* writes that were applied and whose answer has not arrived
    deletions,
    phase,     \* of each candidate: "following", "leading", "draining", "ended", "dead"
    seen,      \* what each last saw, and since when
    until,     \* when its validity ends
    held,      \* its own record while it holds it
    aim,       \* what it decided by, if that takes time
    working,   \* whether its work runs
    lastToken, \* the token of the term that started last
    ordered    \* whether each term's token was greater than the one before

vars == <<now, store, past, flying, applied, deletions, phase, seen, until, held, aim, working, lastToken, ordered>>

stored == <<store, past>>
messages == <<flying, applied>>
history == <<lastToken, ordered>>

Max(a, b) == IF a > b THEN a ELSE b
Min(a, b) == IF a < b THEN a ELSE b

(* The revision grows with every change. That of the write that made a record, made, names the record: who touches a    *)
(* label leaves the record what it is. A record that is free and was led by is one that its holder gave back; one that  *)
(* was never led by was only created, and tells nothing of the past.                                                    *)
Absent(rev) == [there |-> FALSE, holder |-> Nobody, token |-> 0, led |-> FALSE, rev |-> rev, made |-> rev]

None == Absent(-1)

(* Mostly there is a record at first that somebody released, and everybody has seen it. *)
Released == [there |-> TRUE, holder |-> Nobody, token |-> 0, led |-> TRUE, rev |-> 1, made |-> 1]

(* floor: the greatest token ever seen; ever: whether a record was; fresh: whether the candidate itself created this    *)
(* record, without ever having seen another.                                                                            *)
Sight(record) == [record |-> record, at |-> 0, floor |-> 0, ever |-> record.there, fresh |-> FALSE]

Init ==
    /\ now = 0
    /\ store = IF Happens("nothing at first") THEN Absent(0) ELSE Released
    /\ past = {}
    /\ flying = {} /\ applied = {}
    /\ deletions = 0
    /\ phase = [c \in Candidates |-> "following"]
    /\ seen = [c \in Candidates |-> Sight(IF Happens("nothing at first") THEN None ELSE Released)]
    /\ until = [c \in Candidates |-> 0]
    /\ held = [c \in Candidates |-> None]
    /\ aim = [c \in Candidates |-> [seen |-> Sight(None), held |-> None]]
    /\ working = [c \in Candidates |-> FALSE]
    /\ lastToken = 0 /\ ordered = TRUE

Valid(c) == phase[c] = "leading" /\ now < until[c]

-----------------------------------------------------------------------------
(* Time passes; but work that obeys has stopped by the end of its time. *)

Pass(to) ==
    /\ now < to /\ to <= MaxTime
    /\ \A c \in Candidates : working[c] => to <= until[c] + Stop
    /\ now' = to
    /\ UNCHANGED <<stored, messages, deletions, phase, seen, until, held, aim, working, history>>

Tick == Pass(now + 1)

-----------------------------------------------------------------------------
(* The store. *)

Change(to) ==
    /\ store.rev < MaxRev
    /\ store' = to
    /\ past' = {record \in past \cup {store} : record.rev + MaxLate >= to.rev}

(* What a reader may be shown. *)
Shown == past \cup {store}

-----------------------------------------------------------------------------
(* Writes and their way. Nobody waits for an answer: who sent a write may send the next, as after a timeout. *)

Send(c, kind, expect, holder, token) ==
    /\ Cardinality(flying) < MaxFlying
    /\ flying' = flying \cup
         {[by |-> c, kind |-> kind, expect |-> expect, holder |-> holder, token |-> token, sent |-> now]}
    /\ UNCHANGED <<now, stored, applied, deletions, phase, seen, until, held, aim, working, history>>

(* One absence is like another. *)
Fits(write) ==
    IF write.kind = "create" THEN ~store.there
    ELSE /\ store.there
         /\ store.rev = write.expect \/ (write.kind = "release" /\ Makes("release at any revision"))

Written(write) ==
    [there |-> TRUE, holder |-> write.holder, token |-> write.token,
     led |-> CASE write.kind = "create" -> FALSE [] write.kind = "release" -> store.led [] OTHER -> TRUE,
     rev |-> store.rev + 1, made |-> store.rev + 1]

Arrive(write) ==
    /\ flying' = flying \ {write}
    /\ IF Fits(write)
       THEN /\ Change(Written(write))
            /\ applied' = applied \cup {[write |-> write, left |-> Written(write)]}
       ELSE UNCHANGED <<stored, applied>> \* a conflict tells no more than a read does
    /\ UNCHANGED <<now, deletions, phase, seen, until, held, aim, working, history>>

Lose ==
    /\ \/ \E write \in flying : flying' = flying \ {write} /\ UNCHANGED applied
       \/ \E answer \in applied : applied' = applied \ {answer} /\ UNCHANGED flying
    /\ UNCHANGED <<now, stored, deletions, phase, seen, until, held, aim, working, history>>

(* What a candidate notes when it is shown a record: the wait begins anew only for another one. *)
Note(c, record, fresh) ==
    LET before == seen[c]
        same == record.made = before.record.made
    IN
    seen' = [seen EXCEPT ![c] =
              [record |-> record,
               at |-> IF same THEN before.at ELSE now,
               floor |-> Max(before.floor, record.token),
               ever |-> before.ever \/ record.there,
               fresh |-> IF same THEN before.fresh ELSE fresh]]

(* A write is acknowledged: by its answer, or by a read that shows what it wrote. This settles those before it. *)
Acknowledge(answer, wanted) ==
    LET write == answer.write
        c == write.by
        from == IF Makes("count from the reply") THEN now ELSE write.sent
        stands == answer.left.rev >= seen[c].record.rev \* as far as the candidate knows
    IN
    /\ phase[c] # "dead"
    /\ applied' = {other \in applied : other.write.by # c \/ other.left.rev > answer.left.rev}
    /\ CASE write.kind = "acquire" /\ wanted /\ stands /\ phase[c] = "following" /\ ~working[c] /\ now < from + D ->
              /\ phase' = [phase EXCEPT ![c] = "leading"]
              /\ until' = [until EXCEPT ![c] = from + D]
              /\ held' = [held EXCEPT ![c] = answer.left]
              /\ working' = [working EXCEPT ![c] = TRUE]
              /\ ordered' = (ordered /\ write.token > lastToken)
              /\ lastToken' = write.token
         [] write.kind = "renew" /\ phase[c] \in {"leading", "draining"} /\ now < until[c] ->
              /\ until' = [until EXCEPT ![c] = Max(@, from + D)]
              /\ held' = [held EXCEPT ![c] = IF @.rev > answer.left.rev THEN @ ELSE answer.left]
              /\ UNCHANGED <<phase, working, history>>
         [] write.kind = "release" /\ phase[c] = "draining" /\ ~working[c] ->
              /\ phase' = [phase EXCEPT ![c] = "following"]
              /\ held' = [held EXCEPT ![c] = None]
              /\ UNCHANGED <<until, working, history>>
         [] OTHER -> UNCHANGED <<phase, until, held, working, history>>
    /\ IF answer.left.rev > seen[c].record.rev
       THEN Note(c, answer.left, write.kind = "create" /\ ~seen[c].ever)
       ELSE UNCHANGED seen
    /\ UNCHANGED <<now, stored, flying, deletions, aim>>

(* Whether a record would acknowledge a write of one's own. *)
Own(c, record) == \E answer \in applied : answer.write.by = c /\ answer.left.made = record.made

(* A read that shows what is not the reader's own write; but its own record may have been touched. *)
Read(c, record) ==
    LET holds == held[c] # None /\ record.rev > held[c].rev
        same == record.made = held[c].made
    IN
    /\ phase[c] # "dead" /\ record \in Shown /\ ~Own(c, record)
    /\ record.rev > seen[c].record.rev \/ holds
    /\ IF record.rev > seen[c].record.rev THEN Note(c, record, FALSE) ELSE UNCHANGED seen
    /\ IF holds /\ ~same
       THEN /\ phase' = [phase EXCEPT ![c] = IF working[c] THEN "ended" ELSE "following"]
            /\ until' = [until EXCEPT ![c] = Min(@, now)]
       ELSE UNCHANGED <<phase, until>>
    /\ held' = IF holds THEN [held EXCEPT ![c] = IF same THEN record ELSE None] ELSE held
    /\ UNCHANGED <<now, stored, messages, deletions, aim, working, history>>

(* A watch shows a record. It deposes nobody: that takes a read. *)
Hear(c, record) ==
    /\ phase[c] # "dead" /\ record \in Shown /\ ~Own(c, record)
    /\ record.rev > seen[c].record.rev
    /\ Note(c, record, FALSE)
    /\ UNCHANGED <<now, stored, messages, deletions, phase, until, held, aim, working, history>>

-----------------------------------------------------------------------------
(* What candidates do. *)

(* A decision. Without slow hands it is carried out at once. *)
Aim(c) ==
    /\ phase[c] # "dead"
    /\ aim' = [aim EXCEPT ![c] = [seen |-> seen[c], held |-> held[c]]]
    /\ UNCHANGED <<now, stored, messages, deletions, phase, seen, until, held, working, history>>

Known(c) == IF Happens("slow hands") THEN aim[c].seen ELSE seen[c]
Mine(c) == IF Happens("slow hands") THEN aim[c].held ELSE held[c]

(* What a holder gave back is free at once, and so are one's own record and one that nobody can have held before.       *)
(* Anything else is waited out: a lease, but a record that was only created, too.                                       *)
MayTake(c, sight) ==
    LET record == sight.record IN
    \/ record.holder = Nobody /\ (record.led \/ Makes("trust a created record")) /\ record.token >= sight.floor
    \/ record.holder = c
    \/ sight.fresh
    \/ Makes("take over without waiting")
    \/ now >= sight.at + L

Floor(sight) == IF Makes("token from the last one only") THEN sight.record.token ELSE sight.floor

Token(sight) ==
    IF Makes("token from the last one only") THEN Floor(sight) + 1 ELSE Max(Floor(sight) + 1, sight.record.rev)

Acquire(c) ==
    LET sight == Known(c) IN
    /\ phase[c] = "following" /\ ~working[c]
    /\ sight.record.there /\ MayTake(c, sight)
    /\ Send(c, "acquire", sight.record.rev, c, Token(sight))

Create(c) ==
    LET sight == Known(c) IN
    /\ phase[c] = "following" /\ ~working[c]
    /\ ~sight.record.there /\ sight.record # None
    /\ Send(c, "create", 0, Nobody, Floor(sight))

Renew(c) ==
    /\ phase[c] \in {"leading", "draining"} /\ Mine(c) # None /\ now < until[c]
    /\ Send(c, "renew", Mine(c).rev, c, Mine(c).token)

Resign(c) ==
    /\ Valid(c)
    /\ phase' = [phase EXCEPT ![c] = "draining"]
    /\ UNCHANGED <<now, stored, messages, deletions, seen, until, held, aim, working, history>>

(* Who does not lead gives back what is its own, or may become so by a write of which it has not heard. *)
Renounce(c) ==
    /\ phase[c] = "following" /\ ~working[c]
    /\ phase' = [phase EXCEPT ![c] = "draining"]
    /\ UNCHANGED <<now, stored, messages, deletions, seen, until, held, aim, working, history>>

Release(c) ==
    LET sight == Known(c)
        record == IF Mine(c) # None THEN Mine(c) ELSE sight.record
    IN
    /\ phase[c] = "draining"
    /\ ~working[c] \/ Makes("release before the work stopped")
    /\ record.there /\ (Mine(c) # None \/ MayTake(c, sight))
    /\ Send(c, "release", record.rev, Nobody, record.token)

Expire(c) ==
    /\ phase[c] = "leading" \/ (phase[c] = "draining" /\ working[c])
    /\ now >= until[c] \/ Happens("fast clocks")
    /\ phase' = [phase EXCEPT ![c] = "ended"]
    /\ until' = [until EXCEPT ![c] = Min(@, now)]
    /\ held' = [held EXCEPT ![c] = None]
    /\ UNCHANGED <<now, stored, messages, deletions, seen, aim, working, history>>

StopWork(c) ==
    /\ working[c] /\ phase[c] # "leading"
    /\ working' = [working EXCEPT ![c] = FALSE]
    /\ phase' = [phase EXCEPT ![c] = IF @ = "ended" THEN "following" ELSE @]
    /\ UNCHANGED <<now, stored, messages, deletions, seen, until, held, aim, history>>

(* Whether it may still hear of an acquisition by which it could lead. *)
InDoubt(c) ==
    \/ \E write \in flying :
          write.by = c /\ write.kind = "acquire" /\ write.expect >= seen[c].record.rev /\ now < write.sent + D
    \/ \E answer \in applied :
          /\ answer.write.by = c /\ answer.write.kind = "acquire"
          /\ answer.left.rev >= seen[c].record.rev /\ now < answer.write.sent + D

(* A release that is not answered is left to expire. *)
Abandon(c) ==
    /\ phase[c] = "draining" /\ ~working[c] /\ ~InDoubt(c)
    /\ phase' = [phase EXCEPT ![c] = "following"]
    /\ held' = [held EXCEPT ![c] = None]
    /\ UNCHANGED <<now, stored, messages, deletions, seen, until, aim, working, history>>

Crash(c) ==
    /\ phase[c] # "dead"
    /\ phase' = [phase EXCEPT ![c] = "dead"]
    /\ held' = [held EXCEPT ![c] = None]
    /\ working' = [working EXCEPT ![c] = FALSE]
    /\ UNCHANGED <<now, stored, messages, deletions, seen, until, aim, history>>

-----------------------------------------------------------------------------
(* What an operator does to the record. *)

Delete ==
    /\ deletions < MaxDeletions /\ store.there
    /\ Change(Absent(store.rev + 1))
    /\ deletions' = deletions + 1
    /\ UNCHANGED <<now, messages, phase, seen, until, held, aim, working, history>>

Touch ==
    /\ store.there
    /\ Change([store EXCEPT !.rev = @ + 1])
    /\ UNCHANGED <<now, messages, deletions, phase, seen, until, held, aim, working, history>>

-----------------------------------------------------------------------------
Next ==
    \/ Tick
    \/ Delete
    \/ Happens("touched labels") /\ Touch
    \/ Lose
    \/ \E write \in flying : Arrive(write)
    \/ \E answer \in applied : Acknowledge(answer, TRUE) \/ (Happens("second thoughts") /\ Acknowledge(answer, FALSE))
    \/ \E c \in Candidates :
        \/ \E record \in Shown : Read(c, record) \/ (Happens("events") /\ Hear(c, record))
        \/ Acquire(c) \/ Create(c) \/ Renew(c) \/ Resign(c) \/ Release(c)
        \/ Expire(c) \/ StopWork(c) \/ Abandon(c)
        \/ Happens("slow hands") /\ Aim(c)
        \/ Happens("second thoughts") /\ Renounce(c)
        \/ Happens("crashes") /\ Crash(c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
OneLeader == \A c \in Candidates : Valid(c) => \A d \in Candidates \ {c} : ~Valid(d)

OneAtWork == \A c \in Candidates : working[c] => \A d \in Candidates \ {c} : ~working[d]

TokensGrow == ordered
=============================================================================
