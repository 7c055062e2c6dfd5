package dev.election;

import static dev.election.Race.require;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an application is told, as the election's timer goes on and the threads that tell it race. */
class UserCallbacksInterleavings {

    /** Two terms and a change of leaders, told by whichever threads come along. */
    public static class Telling implements LeadershipListener, UserCode.Reports {

        private final ManualTime time = new ManualTime();
        private final Queue<Runnable> jobs = new ArrayDeque<>();
        private final UserCallbacks callbacks = new UserCallbacks("raced", this, null, this::later);
        private final List<String> told = new ArrayList<>();
        private int telling;
        private long terms;
        private int stopped;
        private Leadership term;

        public Telling() {
            Race.begins();
        }

        private void later(Runnable job) {
            synchronized (jobs) {
                jobs.add(job);
            }
        }

        @Operation(nonParallelGroup = "timer")
        public void start() {
            end();
            terms++;
            term = new Leadership(terms, terms, Moment.of(time), Duration.ofSeconds(1), time, () -> {});
            callbacks.started(term, this);
        }

        @Operation(nonParallelGroup = "timer")
        public void end() {
            if (term != null) {
                callbacks.ended(term, EndReason.CONFLICT, this);
                term = null;
            }
        }

        @Operation(nonParallelGroup = "timer")
        public void leaderChanges() {
            callbacks.leaderChanged(new LeaderView.None());
        }

        /** A thread of the pool comes along. */
        @Operation
        public void tell() {
            Runnable job;
            synchronized (jobs) {
                job = jobs.poll();
            }
            if (job != null) {
                job.run();
            }
        }

        private void say(String what) {
            telling++;
            told.add(what);
            require(telling == 1, "told of two things at once");
            telling--;
        }

        @Override
        public void onStartedLeading(Leadership leadership) {
            say("start");
        }

        @Override
        public void onStoppedLeading(EndReason reason) {
            say("stop");
        }

        @Override
        public void onNewLeader(LeaderView leader) {
            say("leader");
        }

        @Override
        public void giveUp(Leadership leadership, EndReason reason) {
            throw new AssertionError("nothing here throws");
        }

        @Override
        public void workStopped(Leadership leadership) {
            stopped++;
        }

        @Validate
        public void inPairs() {
            end();
            tell();
            List<String> startsAndStops = new ArrayList<>(told);
            startsAndStops.removeIf("leader"::equals);
            for (int i = 0; i < startsAndStops.size(); i++) {
                require(startsAndStops.get(i).equals(i % 2 == 0 ? "start" : "stop"), "was told " + told);
            }
            require(startsAndStops.size() % 2 == 0, "was told of no stop: " + told);
            require(stopped == terms, terms + " terms, of which " + stopped + " were reported as stopped");
            require(jobs.isEmpty(), "there is more than one thread that tells");
        }
    }

    @Test
    @DisplayName("E4: Starts and stops are told in strict pairs, one at a time, whoever tells them")
    void telling() {
        Race.run(Race.judgingItself(3, 3), 10, Telling.class);
    }
}
