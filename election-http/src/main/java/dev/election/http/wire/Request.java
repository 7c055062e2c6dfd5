package dev.election.http.wire;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One complete request.
 *
 * @param method as it was sent; methods are case-sensitive
 * @param path percent-decoded, without the query; begins with {@code /}
 * @param query percent-decoded; the first of several of one name
 * @param headers by lower-case name
 * @param keepAlive whether the client wants to send more on the same connection
 * @param local where it arrived
 */
public record Request(
        String method,
        String path,
        Map<String, String> query,
        Map<String, String> headers,
        boolean keepAlive,
        InetSocketAddress local) {

    /** A header's value. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The same for one who waits long, without what it asked with; so that many who wait take little memory. */
    Request remembered() {
        return new Request(method, path, Map.of(), Map.of(), keepAlive, local);
    }

    /** Whether only the head of the answer is wanted. */
    public boolean isHead() {
        return method.equals("HEAD");
    }

    /** Whether nothing but reading is asked for. */
    public boolean isRead() {
        return method.equals("GET") || isHead();
    }
}
