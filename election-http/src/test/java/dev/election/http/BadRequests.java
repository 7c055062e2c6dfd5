package dev.election.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.election.http.wire.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests that are wrong, hostile, old or odd, and what a server answers: one table for the tests and for the docs. */
public final class BadRequests {

    private static final Duration SHORT = Duration.ofMillis(300);

    private static final Limits LIMITS = new Limits(1000, 100, Duration.ofSeconds(2), SHORT, Duration.ofSeconds(10));

    private static final int PATIENCE_MILLIS = 30_000;

    private static final Pattern HEAD = Pattern.compile("(HTTP/1\\.1 \\d{3} [^\r]*)\r\n(?:[^\r\n]+\r\n)*\r\n");
    private static final Pattern DETAIL = Pattern.compile("\"detail\":\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Map<String, String> answers = new LinkedHashMap<>();
    private final int port;

    private BadRequests(int port) {
        this.port = port;
    }

    /** What was sent, and all that came until the server ended the connection. */
    public static Map<String, String> answers() throws IOException {
        try (LeaderHttpServer server = LeaderHttpServer.start(
                LeaderHttpServer.of(List.of()).limits(LIMITS),
                List.of(() -> Statuses.following(Statuses.known("b", 7))),
                HttpAddress.parse("127.0.0.1:0"))) {
            BadRequests all = new BadRequests(server.addresses().get(0).getPort());
            all.paths();
            all.methods();
            all.hosts();
            all.lines();
            all.headers();
            all.bodies();
            all.sizes();
            all.times();
            all.odd();
            return all.answers;
        }
    }

    private void paths() throws IOException {
        for (String path : new String[] {
            "/nothing",
            "/isleader",
            "/isLeader/",
            "/v1",
            "/../etc/passwd",
            "/..%2fetc/passwd",
            "/v1/elections/none",
            "/v1/elections//leading",
            "/v1/elections/a%2fb",
            "/ui/..%2fopenapi.json",
            "/ui/.hidden",
            "/%zz",
            "/%ff",
            "/v1/elections/example?after=x",
            "/v1/elections/example?after=1&timeout=soon",
        }) {
            plain("GET " + path + " HTTP/1.1");
        }
    }

    private void methods() throws IOException {
        for (String line : new String[] {
            "POST / HTTP/1.1",
            "DELETE /isLeader HTTP/1.1",
            "BREW /livez HTTP/1.1",
            "get /isLeader HTTP/1.1",
            "GET /v1/elections/example/resign HTTP/1.1",
            "POST /v1/elections/example/resign HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "CONNECT localhost:22 HTTP/1.1",
        }) {
            plain(line);
        }
    }

    private void hosts() throws IOException {
        sent("GET /isLeader HTTP/1.1\r\n\r\n");
        for (String host : new String[] {
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil@localhost",
            "[::2]",
            "10.0.0.1",
            "",
        }) {
            sent("GET /isLeader HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        }
        sent("GET /isLeader HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n");
        sent("GET http://evil.example/isLeader HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private void lines() throws IOException {
        for (String line : new String[] {
            "GET",
            "garbage",
            "GET /",
            "GET  / HTTP/1.1",
            "GET / HTTP/1.1 ",
            "GET isLeader HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET / HTTP/2.0",
            "GET / HTTP/0.9",
            "GET / http/1.1",
            "GET /# HTTP/1.1",
        }) {
            plain(line);
        }
        sent("GET / HTTP/1.1\nHost: localhost\n\n");
        sent("GET /\rX HTTP/1.1\r\nHost: localhost\r\n\r\n");
        sent("GET /\u0000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
        shown("(a TLS client)", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", true);
    }

    private void headers() throws IOException {
        for (String header : new String[] {
            "Name", ": value", "Na me: value", "Name : value", " folded: value", "Name: a\u0007b", "Expect: magic",
        }) {
            plain("GET / HTTP/1.1", header);
        }
    }

    private void bodies() throws IOException {
        for (String header : new String[] {
            "Content-Length: -1",
            "Content-Length: x",
            "Content-Length: 1, 1",
            "Content-Length: 1000000",
            "Content-Length: 99999999999999999999",
            "Content-Length: 0\r\nContent-Length: 0",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip",
            "Transfer-Encoding: chunked\r\nContent-Length: 3",
        }) {
            plain("POST / HTTP/1.1", header);
        }
    }

    private void sizes() throws IOException {
        plain("GET /" + "a".repeat(3000) + " HTTP/1.1");
        plain("GET / HTTP/1.1", "Name: " + "a".repeat(9000));
        shown("GET / HTTP/1.1, and 65 headers", "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(65) + "\r\n", true);
        shown("GET / HTTP/1.1, and headers without end", "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(20_000), false);
    }

    private void times() throws IOException {
        shown("(nothing, for too long)", "", false);
        shown("GET / HT, and then nothing", "GET / HT", false);
        shown("GET / HTTP/1.1 ⏎ Host: localhost, and then nothing", "GET / HTTP/1.1\r\nHost: localhost\r\n", false);
        shown(
                "POST / HTTP/1.1 ⏎ Content-Length: 9, and 3 bytes",
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc",
                false);
        shown(
                "POST / HTTP/1.1 ⏎ Expect: 100-continue ⏎ Content-Length: 9, and then nothing",
                "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
                false);
    }

    private void odd() throws IOException {
        sent("GET /isLeader HTTP/1.0\r\n\r\n");
        sent("GET http://localhost/isLeader HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        sent("\r\nGET /isLeader HTTP/1.1\r\nHost: localhost\r\n\r\n");
        sent("HEAD /isLeader HTTP/1.1\r\nHost: localhost\r\n\r\n");
        sent("GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        String get = "GET /isLeader HTTP/1.1\r\nHost: localhost\r\n\r\n";
        shown("GET /isLeader HTTP/1.1, three at once", get + get + get, true);
        shown("GET /isLeader HTTP/1.1, garbage, GET /isLeader HTTP/1.1", get + "garbage\r\n\r\n" + get, true);
        shown(
                "POST / HTTP/1.1 ⏎ Content-Length: 45, the body being GET /isLeader HTTP/1.1",
                "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + get.length() + "\r\n\r\n" + get,
                true);
        sent("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    }

    /** A request with a good host, which the table need not show. */
    private void plain(String line, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(line).append("\r\nHost: localhost\r\n");
        StringBuilder name = new StringBuilder(line);
        for (String header : headers) {
            request.append(header).append("\r\n");
            name.append(" ⏎ ").append(header.replace("\r\n", " ⏎ "));
        }
        shown(name.toString(), request + "\r\n", true);
    }

    private void sent(String request) throws IOException {
        shown(request.strip().replace("\r\n", " ⏎ ").replace("\n", " (LF) "), request, true);
    }

    private void shown(String name, String request, boolean endsOutput) throws IOException {
        answers.put(name, summary(exchange(request, endsOutput)));
    }

    private String exchange(String request, boolean endsOutput) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            if (endsOutput) {
                socket.shutdownOutput();
            }
            InputStream in = socket.getInputStream();
            in.transferTo(answer);
        }
        return answer.toString(ISO_8859_1);
    }

    /** The status lines, with what each body says. */
    private static String summary(String answer) {
        StringBuilder summary = new StringBuilder();
        Matcher head = HEAD.matcher(answer);
        int end = 0;
        while (head.find(end)) {
            int next = answer.indexOf("HTTP/1.1 ", head.end());
            end = next < 0 ? answer.length() : next;
            String body = answer.substring(head.end(), end);
            Matcher detail = DETAIL.matcher(body);
            summary.append(summary.isEmpty() ? "" : "; then ").append(head.group(1));
            if (!body.isEmpty()) {
                summary.append(": ").append(detail.find() ? detail.group(1).replace("\\\"", "\"") : body);
            }
        }
        return summary.isEmpty() ? "(the connection ends)" : summary.toString();
    }
}
