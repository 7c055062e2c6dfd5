package dev.election.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.election.http.wire.Answer;
import dev.election.http.wire.Request;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. Browsers are kept from asking in the name of a page from elsewhere: by the host that they were told
 * (a page's own name that suddenly means this machine is none of ours), and by never allowing another origin. Others by
 * a bearer token, if there is one.
 */
final class Gate {

    private static final Pattern HOST =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([a-zA-Z0-9._-]+?)\\.?)(?::\\d{1,5})?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}");
    private static final String BEARER = "bearer ";

    private final Set<String> hosts;
    private final @Nullable Supplier<byte[]> token;

    /**
     * @param hosts names that clients know this server by, beyond those of loopback and its addresses
     * @param token what clients must bring; null if nothing
     */
    Gate(Set<String> hosts, @Nullable Supplier<byte[]> token) {
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        this.token = token;
    }

    /** Why the request is refused for its host; null if it is not. */
    @Nullable
    Answer refusedHost(Request request) {
        String header = request.header("Host").orElse(null);
        if (header == null) {
            return null; // HTTP/1.0, which no browser speaks
        }
        Matcher form = HOST.matcher(header);
        InetAddress local = request.local().getAddress();
        if (form.matches()
                && (form.group(1) != null ? isOurs(form.group(1), local) : isOurName(form.group(2), local))) {
            return null;
        }
        return Answer.problem(421, "this server is not known by that host name; --http-host=NAME makes it known");
    }

    /** Why the request is refused for its token; null if it is not. */
    @Nullable
    Answer refusedToken(Request request) {
        if (token == null) {
            return null;
        }
        String header = request.header("Authorization").orElse("");
        boolean bears = header.regionMatches(true, 0, BEARER, 0, BEARER.length());
        byte[] given = bears ? header.substring(BEARER.length()).strip().getBytes(UTF_8) : new byte[0];
        if (MessageDigest.isEqual(given, token.get())) { // in constant time
            return null;
        }
        return Answer.problem(401, "a bearer token is needed: Authorization: Bearer TOKEN")
                .with("WWW-Authenticate", "Bearer realm=\"election\"");
    }

    private boolean isOurName(String name, InetAddress local) {
        String host = name.toLowerCase(Locale.ROOT);
        return LOOPBACK.matcher(host).matches() || hosts.contains(host) || host.equals(local.getHostAddress());
    }

    /** @param literal an address of the sixth version, which is not looked up */
    private static boolean isOurs(String literal, InetAddress local) {
        try {
            InetAddress address = InetAddress.getByName("[" + literal + "]");
            return address.isLoopbackAddress() || Arrays.equals(address.getAddress(), local.getAddress());
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
