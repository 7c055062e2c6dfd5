package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.Logger;
import org.slf4j.event.Level;

@ResourceLock(Resources.SYSTEM_ERR)
class LogLineTest {

    private final Logger ours = LogLine.logger("dev.election.http.Some");
    private final Logger library = LogLine.logger("io.grpc.netty.Other");

    private static String plain(String message, @Nullable Throwable thrown) {
        return LogLine.plain(Instant.parse("2026-02-03T04:05:06Z"), Level.WARN, message, thrown)
                .stripTrailing();
    }

    private static String logged(Runnable action) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The level is the whole program's: a command that another test ran may have left its own. */
    @BeforeEach
    @AfterEach
    void asUsual() {
        LogLine.use(LogLevel.INFO);
    }

    @Test
    void aLineHasTheTimeInUtcToTheMillisecondTheLevelAndTheMessage() {
        assertThat(plain("a leads", null)).isEqualTo("2026-02-03T04:05:06.000Z WARN  a leads");
        assertThat(logged(() -> ours.error("{} of {}", 1, "two")))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ERROR 1 of two\\R");
    }

    @Test
    void whatWasThrownIsToldInTheSameLineWithItsCauses() {
        IOException refused = new IOException("Connection\r\n\trefused\n");
        assertThat(plain("no connection", new IllegalStateException("cannot read", refused)))
                .endsWith("WARN  no connection: cannot read: Connection refused");
        assertThat(plain("no connection", new NullPointerException()))
                .endsWith("no connection: java.lang.NullPointerException");
    }

    @Test
    void nothingIsToldTwice() {
        assertThat(plain("cannot read: no", new IOException("no"))).endsWith("WARN  cannot read: no");
        assertThat(plain("x", new IOException("java.io.IOException: no", new IOException("no"))))
                .endsWith("x: java.io.IOException: no");
        assertThat(plain("x", new IOException("WARN", new IOException("04")))).endsWith("WARN  x: WARN: 04");
    }

    @Test
    void whoNamesACandidateForgesNoLineAndSteersNoTerminal() {
        assertThat(logged(() -> ours.info("leader is now {}", "x\n2026-02-03T04:05:06.000Z INFO  \u001b[2Jy\u009b")))
                .endsWith("INFO  leader is now x 2026-02-03T04:05:06.000Z INFO   [2Jy " + System.lineSeparator())
                .hasLineCount(1);
    }

    @Test
    void noTraceForgesALineEither() {
        LogLine.use(LogLevel.DEBUG);
        String forged = "2026-02-03T04:05:06.000Z INFO  \u001b[2Jy\u009b";
        assertThat(logged(() -> ours.warn("failed", new IOException("x\n" + forged, new IOException(forged)))))
                .doesNotContain("\u001b", "\u009b")
                .contains("\tjava.io.IOException: x", "\tCaused by: java.io.IOException: 2026")
                .satisfies(text -> assertThat(text.lines().filter(each -> each.matches("\\d.*")))
                        .hasSize(1));
    }

    @Test
    void librariesStayTwoStepsBehindUsAndAreNotHeardAtFirst() {
        LogLine.use(LogLevel.INFO);
        assertThat(logged(() -> {
                    ours.debug("no");
                    library.error("no");
                }))
                .isEmpty();
        assertThat(logged(() -> ours.info("yes"))).contains("yes");
        LogLine.use(LogLevel.ERROR);
        assertThat(logged(() -> ours.warn("no"))).isEmpty();
        LogLine.use(LogLevel.DEBUG);
        assertThat(logged(() -> library.info("yes"))).contains("yes");
        assertThat(logged(() -> library.debug("no"))).isEmpty();
        LogLine.use(LogLevel.TRACE);
        assertThat(logged(() -> ours.trace("yes"))).contains("yes");
        assertThat(logged(() -> library.trace("no"))).isEmpty();
    }

    @Test
    void detailsAreWhoSaysItOnWhichThreadAndTheTrace() {
        LogLine.use(LogLevel.DEBUG);
        assertThat(logged(() -> ours.warn("failed", new IOException("no"))))
                .contains(
                        " WARN  Some [" + Thread.currentThread().getName() + "] failed",
                        "java.io.IOException: no",
                        "\tat ");
    }
}
