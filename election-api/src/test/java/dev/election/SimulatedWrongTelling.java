package dev.election;

/** Ways to tell an application of its terms, with one thing wrong; see {@link SimulationBug}. */
final class SimulatedWrongTelling {

    private SimulatedWrongTelling() {}

    /** Tells an application of its terms, with one thing wrong. */
    abstract static class Telling implements UserCode {

        final SimulatedCandidate work;

        Telling(SimulatedCandidate work) {
            this.work = work;
        }

        @Override
        public void started(Leadership leadership, Reports reports) {
            work.started(leadership, reports);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            work.ended(leadership, reason, reports);
        }

        @Override
        public void leaderChanged(LeaderView view) {
            work.leaderChanged(view);
        }

        @Override
        public boolean isCurrentThread() {
            return work.isCurrentThread();
        }
    }

    static final class ReleaseBeforeStop extends Telling {

        ReleaseBeforeStop(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            work.ended(leadership, reason, new Reports() {
                @Override
                public void giveUp(Leadership of, EndReason why) {
                    reports.giveUp(of, why);
                }

                @Override
                public void workStopped(Leadership of) {}
            });
            reports.workStopped(leadership);
        }
    }

    static final class StopTwice extends Telling {

        StopTwice(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            work.ended(leadership, reason, reports);
            work.ended(leadership, reason, reports);
        }
    }

    static final class StopNotTold extends Telling {

        StopNotTold(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            if (reason == EndReason.EXPIRED) {
                reports.workStopped(leadership);
            } else {
                work.ended(leadership, reason, reports);
            }
        }
    }

    static final class StopBehindStart extends Telling {

        private long busyUntil;

        StopBehindStart(SimulatedCandidate work) {
            super(work);
        }

        @Override
        public void started(Leadership leadership, Reports reports) {
            SimulatedProcess process = work.process;
            long takes = process.random.nextLong(
                    4 * process.world.plan.timing().leaseDuration().toNanos());
            busyUntil = process.world.now() + takes;
            work.started(leadership, reports);
        }

        @Override
        public void ended(Leadership leadership, EndReason reason, Reports reports) {
            SimulatedProcess process = work.process;
            process.later(Math.max(0, busyUntil - process.world.now()), () -> work.ended(leadership, reason, reports));
        }
    }
}
