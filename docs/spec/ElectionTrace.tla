--------------------------- MODULE ElectionTrace ---------------------------
(***************************************************************************)
(* Whether what a simulated world did is what the specification allows.    *)
(*                                                                         *)
(* A trace is a sequence of lines in the order in which they happened, at  *)
(* times in ticks. Each line is a step of Election, or leaves its          *)
(* variables as they are; in between time passes, and candidates take      *)
(* those steps that leave no line (Unseen). Nothing else is left to        *)
(* choose, but whether a candidate noted what came while it was about to   *)
(* lose its term. A trace of which TLC does not reach the last line is no  *)
(* behaviour of the specification. The properties that are promised have   *)
(* to hold at each line.                                                   *)
(*                                                                         *)
(* Every life of a process is a candidate of its own. A variant is the end *)
(* of a trace told otherwise: it takes over at one line of its trace.      *)
(***************************************************************************)
EXTENDS Election, Sequences, TLC

(* Whoever extends this has put them into the registers of TLC, which as definitions would be gone through at each      *)
(* step: sequences of lines, and a sequence of [of: a trace, from: the line that it takes the place of, lines: lines].  *)
Traces == TLCGet(1)
Variants == TLCGet(2)

VARIABLES
    trace, variant, \* which; variant 0 for the trace itself
    next,           \* the line to come
    told,           \* of each candidate: the token of the term of which its work was told, or one of the two below
    excused,        \* until when it stands still, and need not keep to its time
    hidden          \* whether a deletion hid the past from somebody: then nothing is promised

NoTerm == -1
NotAlive == -2

traceVars == <<trace, variant, next, told, excused, hidden>>

(* A line as it is written. sent: when the write that it is about was sent; -1 where something has no meaning. *)
E(at, node, what, detail, sent, expected, revision, token, holder) ==
    [at |-> at, node |-> node, what |-> what, detail |-> detail, sent |-> sent, expected |-> expected,
     revision |-> revision, token |-> token, holder |-> holder]

Lines == IF variant = 0 THEN Traces[trace] ELSE Variants[variant].lines
Line == Lines[next]
IsAtEnd == next > Len(Lines)

(* What a step of the shipped code does at once, it tells in the next line. *)
Follows(what, c) ==
    /\ next < Len(Lines)
    /\ Lines[next + 1].what = what /\ Lines[next + 1].node = c /\ Lines[next + 1].at = Line.at

TraceInit ==
    /\ Init
    /\ trace \in 1..Len(Traces) /\ variant = 0 /\ next = 1
    /\ told = [c \in Candidates |-> NotAlive]
    /\ excused = [c \in Candidates |-> 0]
    /\ hidden = FALSE

-----------------------------------------------------------------------------
(* Lines of writes. *)

Meant(c) ==
    [by |-> c, kind |-> Line.detail, expect |-> Line.expected, holder |-> Line.holder, token |-> Line.token,
     sent |-> now]

Sends(c) ==
    IF Line.detail = "read" THEN UNCHANGED vars
    ELSE /\ CASE Line.detail = "create" -> Create(c)
              [] Line.detail = "acquire" -> Acquire(c)
              [] Line.detail = "renew" -> Renew(c)
              [] Line.detail = "release" -> Release(c)
         /\ flying' = flying \cup {Meant(c)}

(* The write of a line; at most one. *)
Sent(c) == {write \in flying : write.by = c /\ write.sent = Line.sent /\ write.kind = Line.detail}

IsLine(record) ==
    IF record.there
    THEN record.rev = Line.revision /\ record.token = Line.token /\ record.holder = Line.holder
    ELSE Line.revision = 0

Applied(c) ==
    \E write \in Sent(c) :
        /\ Fits(write) /\ Arrive(write)
        /\ IsLine(store')

(* What arrives for the second time is not expected any more. *)
Refused(c) ==
    IF Sent(c) = {} THEN store.rev # Line.expected /\ UNCHANGED vars
    ELSE \E write \in Sent(c) : ~Fits(write) /\ Arrive(write)

-----------------------------------------------------------------------------
(* Lines that show records. Each shows one that the store holds, or held. *)

Lost(c, record) == held[c] # None /\ record.rev > held[c].rev /\ record.made # held[c].made

(* An answer to the write itself. *)
Acknowledged(c) ==
    LET answers == {answer \in applied : answer.write.by = c /\ answer.write.sent = Line.sent} IN
    IF answers # {}
    THEN \E answer \in answers : IsLine(answer.left) /\ Acknowledge(answer, Follows("lead", c))
    ELSE \* it was settled by what the candidate saw before
         /\ \E record \in Shown : IsLine(record) /\ record.rev <= seen[c].record.rev
         /\ UNCHANGED vars

(* An answer that came when nobody waited for it any more counts as an event, and a leader leaves those alone. *)
Looks(c, record) ==
    IF phase[c] = "leading" /\ Lost(c, record) /\ ~Follows("end", c) THEN UNCHANGED vars
    ELSE IF ENABLED Read(c, record)
    THEN Read(c, record) \/ (held[c] # None /\ ~Follows("end", c) /\ UNCHANGED vars)
    ELSE UNCHANGED vars

(* What an answer shows acknowledges a write, unless nobody waited for the answer. *)
Acknowledging(c) ==
    {answer \in applied : answer.write.by = c /\ \E record \in Shown :
                             record.there /\ IsLine(record) /\ record.made = answer.left.made}

Looked(c) ==
    CASE Line.revision < 0 -> UNCHANGED vars
      [] Line.revision = 0 ->
           /\ \E record \in Shown : ~record.there
           /\ UNCHANGED vars \/ \E record \in Shown : ~record.there /\ Read(c, record)
      [] OTHER -> \E record \in Shown : record.there /\ IsLine(record) /\ Looks(c, record)

Heard(c) ==
    IF Line.revision <= 0 THEN UNCHANGED vars
    ELSE \E record \in Shown :
        /\ record.there /\ IsLine(record)
        /\ LET noted == IF ENABLED Hear(c, record) THEN Hear(c, record) ELSE UNCHANGED vars IN
           CASE phase[c] = "leading" -> IF Follows("end", c) THEN noted ELSE UNCHANGED vars
             [] phase[c] = "draining" -> noted \/ UNCHANGED vars
             [] OTHER -> noted

-----------------------------------------------------------------------------
(* Lines of terms. *)

Leads(c) ==
    /\ phase[c] = "leading" /\ now < until[c]
    /\ told[c] = NoTerm /\ Line.token = lastToken
    /\ told' = [told EXCEPT ![c] = Line.token]
    /\ UNCHANGED vars

Ends(c) ==
    /\ told[c] = Line.token
    /\ told' = [told EXCEPT ![c] = NoTerm]
    /\ CASE Line.detail = "EXPIRED" -> Expire(c)
         [] Line.detail = "CONFLICT" -> phase[c] = "ended" /\ UNCHANGED vars
         [] OTHER -> Resign(c)

-----------------------------------------------------------------------------
(* Steps that leave no line are taken when the line to come needs them. *)

UnseenOf(c) ==
    \/ /\ Line.what \in {"read", "conflict"}
       /\ \E answer \in Acknowledging(c) : Acknowledge(answer, Follows("lead", c))
    \/ /\ Line.what = "decide" /\ Line.detail \in {"create", "acquire"}
       /\ phase[c] = "draining" /\ Abandon(c)
    \/ /\ Line.what = "decide" /\ Line.detail = "release"
       /\ phase[c] = "following" /\ Renounce(c)

(* Who does not stand still ends its term in time. *)
InTime(c) == phase[c] = "leading" => Line.at <= Max(until[c], excused[c])

Unseen ==
    /\ \/ now < Line.at /\ (\A c \in Candidates : InTime(c)) /\ Pass(Line.at)
       \/ now = Line.at /\ Line.node \in Candidates /\ UnseenOf(Line.node)
    /\ UNCHANGED traceVars

NeedsUnseen ==
    \/ now < Line.at
    \/ /\ Line.node \in Candidates
       /\ LET c == Line.node IN
          \/ Line.what \in {"read", "conflict"} /\ Acknowledging(c) # {} /\ Follows("lead", c)
          \/ Line.what = "decide" /\ Line.detail \in {"create", "acquire"} /\ phase[c] = "draining"
          \/ Line.what = "decide" /\ Line.detail = "release" /\ phase[c] = "following"

-----------------------------------------------------------------------------
Of(c) ==
    CASE Line.what = "lead" -> Leads(c) /\ UNCHANGED <<excused, hidden>>
      [] Line.what = "end" -> Ends(c) /\ excused' = [excused EXCEPT ![c] = Min(@, now)] /\ UNCHANGED hidden
      [] Line.what = "fault" ->
           /\ excused' = [excused EXCEPT ![c] = Max(@, Line.sent)]
           /\ UNCHANGED <<vars, told, hidden>>
      [] Line.what = "boot" ->
           /\ hidden' = (hidden \/ deletions > 0)
           /\ told[c] = NotAlive /\ phase[c] # "dead" /\ told' = [told EXCEPT ![c] = NoTerm]
           /\ UNCHANGED <<vars, excused>>
      [] Line.what = "crash" -> Crash(c) /\ told' = [told EXCEPT ![c] = NotAlive] /\ UNCHANGED <<excused, hidden>>
      [] OTHER ->
           /\ CASE Line.what = "decide" -> Aim(c)
                [] Line.what = "send" -> Sends(c)
                [] Line.what = "applied" -> Applied(c)
                [] Line.what = "refused" -> Refused(c)
                [] Line.what = "acknowledged" -> Acknowledged(c)
                [] Line.what \in {"read", "conflict"} -> Looked(c)
                [] Line.what = "event" -> Heard(c)
                [] Line.what = "stop_work" -> StopWork(c)
                [] Line.what \in {"resign", "close", "error", "unknown"} -> UNCHANGED vars
           /\ UNCHANGED <<told, excused, hidden>>

Elsewhere ==
    /\ CASE Line.what = "delete" -> Delete
         [] Line.what = "write" -> Touch /\ IsLine(store')
         [] Line.what = "fault" -> UNCHANGED vars
    /\ hidden' = (hidden \/ (Line.what = "delete"
                             /\ \E c \in Candidates : told[c] # NotAlive /\ ~seen[c].ever))
    /\ UNCHANGED <<told, excused>>

Consume ==
    /\ now = Line.at /\ ~NeedsUnseen
    /\ IF Line.node \in Candidates THEN Of(Line.node) ELSE Elsewhere
    /\ next' = next + 1
    /\ UNCHANGED <<trace, variant>>
    /\ PrintT(<<"line", trace, variant, next>>)

Turn ==
    /\ variant = 0
    /\ \E v \in 1..Len(Variants) :
        /\ Variants[v].of = trace /\ Variants[v].from = next
        /\ variant' = v /\ next' = 1
    /\ UNCHANGED <<vars, trace, told, excused, hidden>>

Promised == hidden \/ (OneLeader /\ TokensGrow)

TraceNext ==
    \/ Promised /\ ~IsAtEnd /\ (Consume \/ Unseen)
    \/ ~IsAtEnd /\ Turn

TraceSpec == TraceInit /\ [][TraceNext]_<<vars, traceVars>>
=============================================================================
