package dev.election.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Collects the bytes of one connection and takes requests out of them, one after the other. Holds no memory between
 * requests. Bodies are small, and dropped: nothing here takes any.
 */
final class RequestReader {

    /** Request line and headers. Browsers send one or two kilobytes. */
    static final int MAX_HEAD = 8 * 1024;

    static final int MAX_BODY = 4 * 1024;

    private static final int FIRST_SIZE = 512;
    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int count;

    /** Up to where line ends were looked for. */
    private int scanned;

    /** Where the current line begins. */
    private int lineStart;

    /** The request whose body is awaited. */
    private @Nullable Head head;

    private boolean continueWanted;

    /** How many more bytes it takes now; few while the client has no answer yet, as they only wait here. */
    int room(boolean waits) {
        return Math.max(0, (waits ? FIRST_SIZE : MAX_HEAD + MAX_BODY) - count);
    }

    /** Whether a request has begun and is not yet complete. */
    boolean isAmidRequest() {
        return count > 0 || head != null;
    }

    /** Takes bytes, at most {@link #room} of them. */
    void add(ByteBuffer more) {
        int added = more.remaining();
        if (count + added > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(count + added, Math.max(FIRST_SIZE, 2 * bytes.length)));
        }
        more.get(bytes, count, added);
        count += added;
    }

    /**
     * The next request if all of it has arrived, else null.
     *
     * @throws Refusal when it is none, or not one for us
     */
    @Nullable
    Request next(InetSocketAddress local) throws Refusal {
        if (head == null) {
            int end = endOfHead();
            if (end < 0) {
                return null;
            }
            head = Head.parse(new String(bytes, 0, end, ISO_8859_1));
            if (head.contentLength() > MAX_BODY) {
                throw new Refusal(413, "a body has at most " + MAX_BODY + " bytes here");
            }
            continueWanted = head.expectsContinue() && head.contentLength() > 0;
            drop(end);
        }
        if (count < head.contentLength()) {
            return null;
        }
        Request request = head.request(local);
        drop((int) head.contentLength());
        head = null;
        continueWanted = false;
        return request;
    }

    /** Whether the client waits for {@code 100 Continue} before it sends the body; says so once. */
    boolean takeContinueWanted() {
        boolean wanted = continueWanted && head != null;
        continueWanted = false;
        return wanted;
    }

    /** Drops what came after the last request, for good. */
    void forget() {
        head = null;
        count = 0;
        bytes = NOTHING;
        scanned = 0;
        lineStart = 0;
    }

    /** The same if that is more than what may {@linkplain #room wait} here; true if it was. */
    boolean forgetMany() {
        boolean many = count > FIRST_SIZE;
        if (many) {
            forget();
        }
        return many;
    }

    /** The index after the empty line that ends the head; -1 when it has not arrived. */
    private int endOfHead() throws Refusal {
        if (scanned <= 1) {
            dropEmptyLines();
        }
        for (; scanned < count; scanned++) {
            byte b = bytes[scanned];
            if (b == '\n') {
                if (scanned == lineStart || bytes[scanned - 1] != '\r') {
                    throw new Refusal(400, "lines of a request end with CR LF");
                }
                boolean empty = scanned == lineStart + 1;
                lineStart = scanned + 1;
                if (empty) {
                    return checked(lineStart);
                }
            } else if (b == 0 || scanned > 0 && bytes[scanned - 1] == '\r' || b < 0 && lineStart == 0) {
                throw new Refusal(400, "this is no HTTP request");
            } else if (lineStart == 0 && scanned > Head.MAX_LINE) {
                throw new Refusal(414, "a request line has at most " + Head.MAX_LINE + " characters here");
            }
        }
        checked(count);
        return -1;
    }

    /**
     * Empty lines before a request are to be ignored (RFC 9112, 2.2). All at once: each by itself would have the rest
     * copied, and who sends nothing else would keep us busy with that.
     */
    private void dropEmptyLines() {
        int end = 0;
        while (end + 1 < count && bytes[end] == '\r' && bytes[end + 1] == '\n') {
            end += 2;
        }
        if (end > 0) {
            drop(end);
        }
    }

    private static int checked(int size) throws Refusal {
        if (size > MAX_HEAD) {
            throw new Refusal(431, "a request line and its headers have at most " + MAX_HEAD + " bytes here");
        }
        return size;
    }

    private void drop(int number) {
        count -= number;
        if (count == 0) {
            bytes = NOTHING;
        } else {
            bytes = Arrays.copyOfRange(bytes, number, number + count);
        }
        scanned = 0;
        lineStart = 0;
    }
}
