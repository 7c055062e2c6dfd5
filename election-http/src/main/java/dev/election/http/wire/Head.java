package dev.election.http.wire;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Request line and headers (RFC 9112), taken strictly: where a lenient reader would have to guess, two readers could
 * guess differently, and a proxy before us be deceived.
 */
record Head(String method, String target, boolean isOneZero, Map<String, String> headers, long contentLength) {

    static final int MAX_LINE = 2048;
    private static final int MAX_HEADERS = 64;

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
    private static final Pattern LINE = Pattern.compile("(" + TOKEN + "{1,32}) ([!-~]+) HTTP/(\\d)\\.(\\d)");

    /** No control characters but the tab; no space before the colon. */
    private static final Pattern HEADER = Pattern.compile("(" + TOKEN + "+):[ \t]*([^\u0000-\b\n-\u001f\u007f]*)");

    private static final Pattern LENGTH = Pattern.compile("\\d{1,15}");

    /** @param text up to and with the empty line, as ISO 8859-1 */
    static Head parse(String text) throws Refusal {
        String[] lines = text.split("\r\n");
        Matcher line = LINE.matcher(lines[0]);
        if (lines[0].length() > MAX_LINE) {
            throw new Refusal(414, "a request line has at most " + MAX_LINE + " characters here");
        }
        if (!line.matches()) {
            throw new Refusal(400, "a request begins with a line such as \"GET / HTTP/1.1\"");
        }
        if (!line.group(3).equals("1")) {
            throw new Refusal(505, "this server speaks version 1.1, and 1.0");
        }
        if (lines.length - 1 > MAX_HEADERS) {
            throw new Refusal(431, "a request has at most " + MAX_HEADERS + " headers here");
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            addHeader(headers, lines[i]);
        }
        boolean oneZero = line.group(4).equals("0");
        if (!oneZero && !headers.containsKey("host")) {
            throw new Refusal(400, "a request has a Host header");
        }
        return new Head(line.group(1), line.group(2), oneZero, headers, contentLength(headers));
    }

    private static void addHeader(Map<String, String> headers, String line) throws Refusal {
        Matcher header = HEADER.matcher(line);
        if (!header.matches()) {
            throw new Refusal(400, "a header is one line such as \"Host: localhost\"");
        }
        String name = header.group(1).toLowerCase(Locale.ROOT);
        String value = header.group(2).strip();
        String before = headers.put(name, value);
        if (before != null) {
            switch (name) {
                case "host", "content-length", "transfer-encoding", "authorization", "expect", "last-event-id" ->
                    throw new Refusal(400, "the header " + name + " stands there twice");
                default -> headers.put(name, before + ", " + value);
            }
        }
    }

    private static long contentLength(Map<String, String> headers) throws Refusal {
        String length = headers.get("content-length");
        if (headers.containsKey("transfer-encoding")) {
            throw length == null
                    ? new Refusal(411, "a body comes with its Content-Length here, not with Transfer-Encoding")
                    : new Refusal(400, "Content-Length and Transfer-Encoding contradict each other");
        }
        if (length == null) {
            return 0;
        }
        if (!LENGTH.matcher(length).matches()) {
            throw new Refusal(400, "Content-Length is a number of bytes");
        }
        return Long.parseLong(length);
    }

    boolean expectsContinue() throws Refusal {
        String expect = headers.get("expect");
        if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
            throw new Refusal(417, "only 100-continue can be expected");
        }
        return expect != null && !isOneZero;
    }

    Request request(InetSocketAddress local) throws Refusal {
        Target parsed = Target.parse(target);
        return new Request(
                method,
                parsed.path(),
                parsed.query(),
                parsed.authority().isEmpty() ? headers : withHost(parsed.authority()),
                isKeptAlive(),
                local);
    }

    /** The host in an absolute target wins over the header (RFC 9112, 3.2.2). */
    private Map<String, String> withHost(String authority) {
        Map<String, String> replaced = new HashMap<>(headers);
        replaced.put("host", authority);
        return replaced;
    }

    private boolean isKeptAlive() {
        return !isOneZero
                && !headers.getOrDefault("connection", "")
                        .toLowerCase(Locale.ROOT)
                        .contains("close");
    }
}
