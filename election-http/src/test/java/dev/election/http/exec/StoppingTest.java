package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In virtual time: each pause takes ten hundredths of a second. */
class StoppingTest {

    private long now = 1000;

    /** What was done, and when. */
    private final List<String> done = new ArrayList<>();

    private class Tree implements Stopping.Processes {

        private long endsAt = Long.MAX_VALUE;
        private int kills;
        private int looksThatFail;

        @Override
        public boolean isGone() throws IOException {
            if (looksThatFail-- > 0) {
                throw new IOException("no more file handles");
            }
            return now >= endsAt;
        }

        @Override
        public void signal(String signal) throws IOException {
            done.add(signal + " at " + now);
        }

        @Override
        public void kill() throws IOException {
            done.add("KILL at " + now);
            if (--kills == 0) {
                endsAt = now + 1;
            }
        }
    }

    private final Tree tree = new Tree();
    private boolean atOnce;
    private boolean clockFails;

    private long clock() {
        if (clockFails) {
            throw new UncheckedIOException(new IOException("no more file handles"));
        }
        return now;
    }

    private void end(long killAt) {
        new Stopping(tree, this::clock, () -> now += 10).end("TERM", killAt, () -> atOnce);
        done.add("gone at " + now);
    }

    @Test
    void what_ends_by_itself_is_not_killed() {
        tree.endsAt = 1035;
        end(1100);
        assertThat(done).containsExactly("TERM at 1000", "gone at 1040");
    }

    @Test
    void what_is_gone_gets_no_signal() {
        tree.endsAt = 1000;
        end(1100);
        assertThat(done).containsExactly("gone at 1000");
    }

    @Test
    void what_does_not_end_in_time_is_killed_until_nothing_is_left() {
        tree.kills = 3;
        end(1050);
        assertThat(done)
                .containsExactly("TERM at 1000", "KILL at 1050", "KILL at 1060", "KILL at 1070", "gone at 1080");
    }

    @Test
    void when_there_is_no_time_it_is_killed_without_being_asked() {
        tree.kills = 1;
        end(900);
        assertThat(done).containsExactly("KILL at 1000", "gone at 1010");
    }

    @Test
    void when_the_guardian_is_gone_it_is_killed_at_once() {
        tree.kills = 1;
        atOnce = true;
        end(2000);
        assertThat(done).containsExactly("KILL at 1000", "gone at 1010");
    }

    @Test
    void when_the_time_is_not_to_be_known_it_is_killed_at_once() {
        tree.kills = 1;
        clockFails = true;
        end(2000);
        assertThat(done).containsExactly("KILL at 1000", "gone at 1010");
    }

    @Test
    void what_cannot_be_looked_for_is_not_taken_for_gone() {
        tree.endsAt = 1005;
        tree.looksThatFail = 3;
        end(1100);
        assertThat(done).containsExactly("TERM at 1000", "gone at 1020");
    }
}
