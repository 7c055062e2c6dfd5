package dev.election.http.faults;

import dev.election.EndReason;
import dev.election.LeaderElector;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** In what way a program comes to believe that it leads. */
interface Belief {

    /** The term in which the program believes to lead now. */
    @Nullable
    Leadership current();

    /** Whether it believes to lead in this term now. */
    boolean holds(Leadership term);

    /** As it is meant: the term is asked, each time. */
    static Belief asking(LeaderElector elector) {
        return new Belief() {
            @Override
            public @Nullable Leadership current() {
                return elector.leadership().orElse(null);
            }

            @Override
            public boolean holds(Leadership term) {
                return term.isValid();
            }
        };
    }

    /**
     * A mistake that programs make: they keep in a field what they were told last. Here so that one can see that it is
     * found: the field is true until the program has been told otherwise, and has got round to it.
     */
    final class Told implements Belief, LeadershipListener {

        /** Programs do other things first. */
        private static final Duration TIDYING_UP = Duration.ofMillis(50);

        private volatile @Nullable Leadership told;

        @Override
        public void onStartedLeading(Leadership leadership) {
            told = leadership;
        }

        @Override
        public void onStoppedLeading(EndReason reason) {
            LockSupport.parkNanos(TIDYING_UP.toNanos());
            told = null;
        }

        @Override
        public @Nullable Leadership current() {
            return told;
        }

        @Override
        public boolean holds(Leadership term) {
            return told == term;
        }
    }
}
