package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What no HTTP client can send twice (S7) or late (S6). */
class OneShotBodyTest {

    private final byte[] content = "content".getBytes(StandardCharsets.UTF_8);
    private final byte[] block = new byte[100];

    @Test
    void isGivenOutOnce() {
        OneShotBody body = new OneShotBody(content, Deadline.in(Duration.ofMinutes(1)));
        assertThat(body.read(block, 0, block.length)).isEqualTo(content.length);
        assertThat(body.read(block, 0, block.length)).isEqualTo(-1);
        assertThat(body.isWithheld()).isFalse();
    }

    @Test
    void isNotGivenOutAfterItsDeadlineNorEverAgain() {
        OneShotBody body = new OneShotBody(content, Deadline.in(Duration.ofNanos(-1)));
        assertThat(body.read(block, 0, block.length)).isEqualTo(-1);
        assertThat(body.isWithheld()).isTrue();
        assertThat(body.read(block, 0, block.length)).isEqualTo(-1);
        assertThat(body.isWithheld()).isTrue();
    }
}
