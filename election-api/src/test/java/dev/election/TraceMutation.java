package dev.election;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Ways to tell a trace otherwise. What comes out is a mistake, and the specification has to reject it: a check of traces
 * that accepts everything proves nothing. For the two that are about time there is also the last moment at which it
 * would have been right, which has to be accepted.
 */
enum TraceMutation {
    /** The store does what nobody has sent yet. */
    APPLIED_BEFORE_SENT {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int applied = trace.any(line -> line.is("applied", "renew"));
            int sent = applied == ToldTrace.NOWHERE ? applied : trace.lastOf(applied, line -> line.is("send", "renew"));
            if (sent != ToldTrace.NOWHERE) {
                telling.wrong(sent, trace.line(applied).at(trace.line(sent).at()), trace.line(sent));
            }
        }
    },
    ACKNOWLEDGED_UNAPPLIED {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int applied = trace.any(line -> line.is("applied", "acquire"));
            int answer = trace.nextOf(applied, line -> line.is("acknowledged"));
            if (answer != ToldTrace.NOWHERE
                    && trace.line(answer).sent() == trace.line(applied).sent()) {
                telling.wrong(applied, trace.line(answer));
            }
        }
    },
    /** A write whose version is gone is applied all the same. */
    APPLIED_UNVERSIONED {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int refused = trace.any(line -> line.is("refused") && !line.is("refused", "create"));
            if (refused != ToldTrace.NOWHERE) {
                telling.wrong(refused, trace.line(refused).saying("applied"));
            }
        }
    },
    /** A write expects a version that nobody has seen. */
    UNSEEN_VERSION_EXPECTED {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int sent = trace.any(line -> line.is("send", "renew"));
            if (sent != ToldTrace.NOWHERE) {
                telling.wrong(
                        sent, trace.line(sent).withExpected(trace.line(sent).expected() + 1_000));
            }
        }
    },
    LEAD_BEFORE_ACKNOWLEDGED {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int lead = trace.anyAcknowledgedLead();
            if (lead != ToldTrace.NOWHERE) {
                telling.wrong(lead - 1, trace.line(lead), trace.line(lead - 1));
            }
        }
    },
    /** The term starts when the renew deadline is over since the sending, but not since the reply. */
    VALIDITY_FROM_THE_REPLY {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int lead = trace.anyAcknowledgedLead();
            if (lead != ToldTrace.NOWHERE) {
                long over = trace.line(lead - 1).sent() + trace.model().longestTerm();
                telling.wrong(
                        lead - 1,
                        trace.line(lead - 1).at(over),
                        trace.line(lead).at(over));
                telling.right(
                        lead - 1,
                        trace.line(lead - 1).at(over - 1),
                        trace.line(lead).at(over - 1));
            }
        }
    },
    LEAD_TWICE {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int lead = trace.any(line -> line.is("lead"));
            if (lead != ToldTrace.NOWHERE) {
                telling.wrong(lead, trace.line(lead), trace.line(lead));
            }
        }
    },
    /** Another starts a term within a term. */
    SECOND_LEADER {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int lead = trace.any(line -> line.is("lead"));
            String other = lead == ToldTrace.NOWHERE ? null : trace.another(lead);
            if (other != null) {
                SpecifiedLine first = trace.line(lead);
                telling.wrong(lead, first, first.by(other).withToken(first.token() + 1));
            }
        }
    },
    TOKEN_REUSED {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int lead = trace.any(line -> line.is("lead"));
            int sent = trace.nextOf(lead, line -> line.is("send", "acquire"));
            if (sent != ToldTrace.NOWHERE) {
                telling.wrong(sent, trace.line(sent).withToken(trace.line(lead).token()));
            }
        }
    },
    /** The holder has died, and somebody takes the lock a microsecond before the lease is over by the fastest clock. */
    TAKEOVER_TOO_EARLY {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int sight = trace.anyFirstSight();
            if (sight == ToldTrace.NOWHERE) {
                return;
            }
            SpecifiedLine seen = trace.line(sight);
            boolean isAlive = !trace.hasBefore(
                    sight, line -> line.is("crash") && line.node().equals(seen.holder()));
            if (isAlive) {
                long over = seen.at() + trace.model().shortestWait();
                telling.wrong(sight, takeover(seen, over - 1));
                telling.right(sight, takeover(seen, over));
            }
        }

        private SpecifiedLine[] takeover(SpecifiedLine seen, long then) {
            SpecifiedLine decided = new SpecifiedLine(
                    then,
                    seen.node(),
                    "decide",
                    "acquire",
                    -1,
                    seen.revision(),
                    -1,
                    Math.max(seen.token() + 1, seen.revision()),
                    seen.node());
            return new SpecifiedLine[] {seen, seen.by(seen.holder()).saying("crash"), decided, decided.saying("send")};
        }
    },
    RELEASE_BEFORE_STOP {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int sent = trace.any(line -> line.is("send", "release"));
            int stopped = sent == ToldTrace.NOWHERE ? sent : trace.lastOf(sent, line -> line.is("stop_work"));
            if (stopped != ToldTrace.NOWHERE) {
                SpecifiedLine release = trace.line(sent).at(trace.line(stopped).at());
                telling.wrong(stopped, release.saying("decide"), release, trace.line(stopped));
            }
        }
    },
    END_TOLD_LATE {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int end = trace.any(line -> line.is("end", "EXPIRED"));
            if (end != ToldTrace.NOWHERE
                    && !trace.has(line -> line.is("fault", "PAUSE") || line.is("fault", "SLEEP"))) {
                long late = trace.line(end).at() + trace.model().longestTerm();
                telling.wrong(end, trace.line(end).at(late));
            }
        }
    },
    RENEWED_AFTER_THE_END {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int end = trace.any(line -> line.is("end", "EXPIRED"));
            int sent = end == ToldTrace.NOWHERE ? end : trace.lastOf(end, line -> line.is("send", "renew"));
            if (sent != ToldTrace.NOWHERE) {
                SpecifiedLine again = trace.line(sent).at(trace.line(end).at());
                telling.wrong(end, trace.line(end), again.saying("decide"), again);
            }
        }
    },
    RENEWED_BY_THE_DEAD {
        @Override
        void tell(ToldTrace trace, Telling telling) {
            int dead = trace.any(line -> line.is("crash"));
            int sent = dead == ToldTrace.NOWHERE ? dead : trace.lastOf(dead, line -> line.is("send", "renew"));
            if (sent != ToldTrace.NOWHERE) {
                telling.wrong(
                        dead,
                        trace.line(dead),
                        trace.line(sent).at(trace.line(dead).at()));
            }
        }
    };

    /** Takes down what is told. */
    interface Telling {

        /** These lines, instead of those from the given one on, have to be rejected. */
        void wrong(int from, SpecifiedLine... lines);

        /** These have to be accepted. */
        void right(int from, SpecifiedLine... lines);
    }

    /** Tells the trace otherwise, where it has what that takes. */
    abstract void tell(ToldTrace trace, Telling telling);

    /** All variants of a trace. */
    static List<TraceVariant> variants(int index, List<SpecifiedLine> lines, TraceModel model) {
        ToldTrace trace = new ToldTrace(lines, model, index);
        List<TraceVariant> variants = new ArrayList<>();
        for (TraceMutation mutation : values()) {
            mutation.tell(trace, new Telling() {
                @Override
                public void wrong(int from, SpecifiedLine... otherwise) {
                    variants.add(new TraceVariant(mutation, false, index, from, List.of(otherwise)));
                }

                @Override
                public void right(int from, SpecifiedLine... otherwise) {
                    variants.add(new TraceVariant(mutation, true, index, from, List.of(otherwise)));
                }
            });
        }
        return variants;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
