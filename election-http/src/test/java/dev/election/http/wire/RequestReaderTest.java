package dev.election.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RequestReaderTest {

    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 4040);
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final RequestReader reader = new RequestReader();

    private Request sent(String text) throws Refusal {
        reader.add(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
        return reader.next(LOCAL);
    }

    @Test
    void empty_lines_before_a_request_cost_no_more_than_they_are() throws Exception {
        String lines = "\r\n".repeat(reader.room(false) / 2);
        assertThat(sent(lines)).isNull();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThat(sent(lines)).isNull();
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                .as("bytes that were taken for " + lines.length())
                .isLessThan(20L * lines.length());
        assertThat(reader.isAmidRequest()).isFalse();
        assertThat(sent(REQUEST)).isNotNull();
    }

    @Test
    void empty_lines_in_pieces_are_ignored() throws Exception {
        for (String piece : new String[] {"\r", "\n", "\r\n\r", "\n\r", "\n"}) {
            assertThat(sent(piece)).isNull();
        }
        assertThat(reader.isAmidRequest()).isFalse();
        assertThat(sent("\r")).isNull();
        assertThat(sent("\n" + REQUEST + "\r\n" + REQUEST)).isNotNull();
        assertThat(reader.next(LOCAL)).isNotNull();
        assertThat(reader.isAmidRequest()).isFalse();
    }
}
