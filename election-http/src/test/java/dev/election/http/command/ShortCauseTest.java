package dev.election.http.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ShortCauseTest {

    private static String of(String message, Throwable thrown) {
        LoggerContext context = new LoggerContext();
        return new ShortCause()
                .convert(new LoggingEvent("test", context.getLogger("test"), Level.WARN, message, thrown, null));
    }

    @Test
    void whatWasThrownIsToldInTheSameLineWithItsCauses() {
        IOException refused = new IOException("Connection\r\n\trefused");
        assertThat(of("no connection", new IllegalStateException("cannot read", refused)))
                .isEqualTo(": cannot read: Connection refused");
        assertThat(of("no connection", new NullPointerException())).isEqualTo(": java.lang.NullPointerException");
    }

    @Test
    void nothingIsToldTwice() {
        assertThat(of("cannot read: no", new IOException("no"))).isEmpty();
        assertThat(of("x", new IOException("java.io.IOException: no", new IOException("no"))))
                .isEqualTo(": java.io.IOException: no");
    }
}
