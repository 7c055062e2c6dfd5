package dev.election.http.faults;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What can happen to a candidate's process, and to the network between it and the store. */
enum CandidateFault {
    /** SIGKILL, and a start under the same identity when another leads. */
    KILL(3, false, true) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            victim.kill();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            victim.restart();
            victim.awaitUp();
        }
    },
    /** SIGKILL, and at once a start under the same identity, while the lease still lasts. */
    REPLACE(2, false, true) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            victim.kill();
            victim.restart();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            victim.awaitUp();
        }
    },
    /** SIGTERM, upon which it releases, and a start under the same identity. */
    END(1, false, true) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            victim.end();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            victim.restart();
            victim.awaitUp();
        }
    },
    /** SIGSTOP until another leads, then SIGCONT. */
    STOP(4, false, true) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            victim.stop();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            victim.goOn();
        }
    },
    /** SIGSTOP and SIGCONT within the lease. */
    PAUSE(1, false, false) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            victim.stop();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            victim.goOn();
        }
    },
    /** Nothing comes through in either direction, and all of it later. */
    HOLD(2, true, true) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().hold();
        }

        @Override
        void end(CandidateProcess victim) {
            victim.link().release();
        }
    },
    /** Requests come through, and answers only later. */
    ONE_WAY(2, true, true) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().holdAnswers();
        }

        @Override
        void end(CandidateProcess victim) {
            victim.link().release();
        }
    },
    /** Answers and events come through, and requests only later. */
    MUTE(1, true, true) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().holdRequests();
        }

        @Override
        void end(CandidateProcess victim) {
            victim.link().release();
        }
    },
    /** The answers to writes that were applied are lost with their connections. */
    SWALLOW(2, true, false) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().holdAnswers();
        }

        @Override
        void end(CandidateProcess victim) {
            victim.link().cut();
            victim.link().release();
        }
    },
    /** Everything comes through, and late: each time after some tens of milliseconds. */
    DELAY(1, true, false) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().delay();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            victim.link().hurry();
        }
    },
    /** All connections end. */
    RESET(1, true, false) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().cut();
        }

        @Override
        void end(CandidateProcess victim) {}
    },
    /** All connections end, and new ones do so at once. */
    REFUSE(1, true, true) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().refuse();
        }

        @Override
        void end(CandidateProcess victim) {
            victim.link().accept();
        }
    },
    /** The connections that there are lead nowhere any more. */
    FORGET(1, true, false) {
        @Override
        void begin(CandidateProcess victim) {
            victim.link().forget();
        }

        @Override
        void end(CandidateProcess victim) {
            victim.link().cut(); // or the client waits for its own time-out
        }
    },
    /** The kernel drops everything that comes or goes. */
    CUT(2, true, true) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            wire(victim).loseRequests();
            wire(victim).loseAnswers();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            wire(victim).mend();
        }
    },
    /** The kernel drops everything that the candidate sends. */
    CUT_REQUESTS(1, true, true) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            wire(victim).loseRequests();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            wire(victim).mend();
        }
    },
    /** The kernel drops everything that comes to the candidate. */
    CUT_ANSWERS(2, true, true) {
        @Override
        void begin(CandidateProcess victim) throws Exception {
            wire(victim).loseAnswers();
        }

        @Override
        void end(CandidateProcess victim) throws Exception {
            wire(victim).mend();
        }
    };

    private static final Set<CandidateFault> OF_WIRE = EnumSet.of(CUT, CUT_REQUESTS, CUT_ANSWERS);

    private final int weight;
    private final boolean ofNetwork;
    private final boolean deposing;

    CandidateFault(int weight, boolean ofNetwork, boolean deposing) {
        this.weight = weight;
        this.ofNetwork = ofNetwork;
        this.deposing = deposing;
    }

    /** How often it comes, compared with others. */
    int weight() {
        return weight;
    }

    /** Whether it can happen to a candidate with such a network between itself and the store. */
    boolean fits(Link link) {
        return OF_WIRE.contains(this) ? link.wire().isPresent() : !ofNetwork || link.isThere();
    }

    /** Whether the victim's requests still come through, and no answer. */
    boolean oneWay() {
        return this == ONE_WAY || this == CUT_ANSWERS;
    }

    private static Wire wire(CandidateProcess victim) {
        return victim.link().wire().orElseThrow();
    }

    /** Whether it is meant to last until another candidate leads, if it hits the leader. */
    boolean deposing() {
        return deposing;
    }

    /** Whether the process ends. */
    boolean ending() {
        return this == KILL || this == REPLACE || this == END;
    }

    abstract void begin(CandidateProcess victim) throws Exception;

    abstract void end(CandidateProcess victim) throws Exception;

    String kind() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
