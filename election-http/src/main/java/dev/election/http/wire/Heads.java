package dev.election.http.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;

/** What goes before the body of an answer. */
final class Heads {

    static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1);

    /** Nothing here is to be kept by anyone, nor taken for another type than it is. */
    private static final String ALWAYS = "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";

    private Heads() {}

    /** The whole answer; without the body if only the head was asked for. */
    static ByteBuffer answer(Answer answer, boolean close, boolean headOnly) {
        StringBuilder head = begun(answer.status(), answer.contentType())
                .append("Content-Length: ")
                .append(answer.body().length)
                .append("\r\n");
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        if (close) {
            head.append("Connection: close\r\n");
        }
        byte[] bytes = head.append("\r\n").toString().getBytes(ISO_8859_1);
        int bodyLength = headOnly ? 0 : answer.body().length;
        ByteBuffer whole = ByteBuffer.allocate(bytes.length + bodyLength);
        return whole.put(bytes).put(answer.body(), 0, bodyLength).flip();
    }

    /** The head of an answer that ends with its connection. */
    static ByteBuffer stream(String contentType) {
        return ByteBuffer.wrap(begun(200, contentType)
                .append("Connection: close\r\n\r\n")
                .toString()
                .getBytes(ISO_8859_1));
    }

    private static StringBuilder begun(int status, String contentType) {
        return new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(Phrases.of(status))
                .append("\r\nContent-Type: ")
                .append(contentType)
                .append("\r\n")
                .append(ALWAYS);
    }
}
