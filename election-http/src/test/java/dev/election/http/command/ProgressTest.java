package dev.election.http.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProgressTest {

    private final CountDownLatch shown = new CountDownLatch(1);
    private final ByteArrayOutputStream err = new ByteArrayOutputStream() {
        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            shown.countDown();
        }
    };

    private Terminal terminal(boolean showsProgress) {
        PrintStream stream = new PrintStream(err, true, UTF_8);
        return new Terminal(stream, stream, Style.PLAIN, showsProgress);
    }

    @Test
    void a_person_sees_what_is_waited_for_and_nothing_of_it_stays() throws Exception {
        try (Progress waiting = Progress.of(terminal(true), "the store")) {
            shown.await();
            waiting.end();
        }
        String written = err.toString(UTF_8);
        assertThat(written).startsWith("\r\u001b[Kwaiting for the store ").endsWith("\r\u001b[K");
    }

    @Test
    void a_file_sees_nothing() {
        try (Progress waiting = Progress.of(terminal(false), "the store")) {
            waiting.end();
        }
        assertThat(err.size()).isZero();
    }

    @Test
    void what_is_over_in_a_moment_is_not_shown() {
        Progress.of(terminal(true), "the store").end();
        assertThat(err.size()).isZero();
    }
}
