package dev.election.http.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.election.http.exec.ProcessTree.Leader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which processes belong to a command, on a {@code /proc} of our own. */
class ProcessTreeTest {

    private static final String COOKIE = "3k5h2j";

    @TempDir
    private Path proc;

    /** @param session of which it is also the group */
    private void process(long pid, String name, char state, long parent, long session, long start, String environment)
            throws IOException {
        process(pid, name, state, parent, session, 1, start, environment);
    }

    private void process(
            long pid, String name, char state, long parent, long session, int threads, long start, String environment)
            throws IOException {
        Path directory = Files.createDirectory(proc.resolve(Long.toString(pid)));
        String stat = pid + " (" + name + ") " + state + " " + parent + " " + session + " " + session
                + " 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 " + threads + " 0 " + start + " 24\n";
        Files.writeString(directory.resolve("stat"), stat);
        Files.writeString(directory.resolve("environ"), environment);
    }

    private ProcessTree tree(Leader leader) {
        return new ProcessTree(proc, COOKIE, leader);
    }

    @Test
    void those_with_the_cookie_belong_to_it_wherever_they_went() throws IOException {
        process(10, "leader", 'S', 1, 10, 500, "A=1\0ELECTION_EXEC=" + COOKIE + "\0");
        process(11, "left", 'S', 1, 11, 501, "ELECTION_EXEC=outer," + COOKIE + "\0B=2\0");
        process(12, "stranger", 'S', 1, 12, 502, "ELECTION_EXEC=other\0");
        assertThat(tree(new Leader(10, 500)).living()).containsExactlyInAnyOrder(10L, 11L);
    }

    @Test
    void those_of_the_session_and_all_descendants_belong_to_it_without_the_cookie() throws IOException {
        process(10, "sudo", 'S', 1, 10, 500, "");
        process(11, "of the session", 'S', 1, 10, 501, "");
        process(14, "son", 'S', 11, 14, 502, "");
        process(13, "grandson", 'S', 14, 13, 503, "");
        process(12, "stranger", 'S', 1, 12, 504, "");
        assertThat(tree(new Leader(10, 500)).living()).containsExactlyInAnyOrder(10L, 11L, 13L, 14L);
    }

    @Test
    void the_dead_do_not_count() throws IOException {
        process(10, "leader", 'Z', 1, 10, 500, "");
        process(11, "other", 'X', 10, 10, 501, "");
        assertThat(tree(new Leader(10, 500)).isGone()).isTrue();
    }

    /** Its other threads go on, and it has no environment any more. */
    @Test
    void a_process_whose_first_thread_has_ended_is_not_dead() throws IOException {
        process(10, "leader", 'Z', 1, 10, 2, 500, "");
        process(11, "its own", 'Z', 10, 11, 12, 501, "");
        assertThat(tree(new Leader(10, 500)).isGone()).isFalse();
        assertThat(tree(new Leader(10, 500)).living()).containsExactlyInAnyOrder(10L, 11L);
    }

    @Test
    void the_session_outlives_its_leader() throws IOException {
        process(11, "of the session", 'S', 1, 10, 501, "");
        assertThat(tree(new Leader(10, 500)).living()).containsExactly(11L);
    }

    @Test
    void a_process_that_got_the_number_of_the_leader_is_left_alone() throws IOException {
        process(10, "stranger", 'S', 1, 10, 900, "");
        process(11, "his", 'S', 10, 10, 901, "");
        assertThat(tree(new Leader(10, 500)).isGone()).isTrue();
    }

    /** Session 0 is that of the kernel, and in a container of whoever came in from outside. */
    @Test
    void without_a_leader_no_session_belongs_to_it() throws IOException {
        process(2, "kthreadd", 'S', 0, 0, 0, "");
        process(11, "ours", 'S', 1, 11, 501, "ELECTION_EXEC=" + COOKIE + "\0");
        assertThat(tree(ProcessTree.NO_LEADER).living()).containsExactly(11L);
    }

    @Test
    void names_may_hold_anything() throws IOException {
        process(10, "a) S 1 (b", 'S', 1, 10, 500, "");
        assertThat(tree(new Leader(10, 500)).living()).containsExactly(10L);
    }

    @Test
    void what_is_no_process_any_more_is_passed_over() throws IOException {
        Files.createDirectory(proc.resolve("12"));
        assertThat(tree(ProcessTree.NO_LEADER).isGone()).isTrue();
    }

    /** As one when no more files may be opened: a directory can be, and not be read. */
    @Test
    void what_cannot_be_looked_at_is_not_gone() throws IOException {
        process(10, "leader", 'Z', 1, 10, 500, "");
        Files.createDirectories(proc.resolve("11").resolve("stat"));
        assertThatIOException().isThrownBy(() -> tree(new Leader(10, 500)).isGone());
        assertThatIOException().isThrownBy(() -> tree(new Leader(11, 501)).isGone());
    }
}
