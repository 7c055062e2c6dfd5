package dev.election.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen, as Go's {@code net.Listen} takes it: {@code localhost:4040}, {@code :4040}, {@code [::1]:4040}.
 *
 * @param host a name or address, an IPv6 address without its brackets; empty for every address of the machine
 * @param port 0 for any free port
 */
public record HttpAddress(String host, int port) {

    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]+(?:%\\w+)?)]|([a-zA-Z0-9_.-]*)):(\\d{1,5})");

    private static final int MAX_PORT = 65535;

    /**
     * Takes {@code HOST:PORT} apart.
     *
     * @throws IllegalArgumentException when it is not of the form, saying what was expected
     */
    public static HttpAddress parse(String text) {
        Matcher matcher = FORM.matcher(text);
        int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : -1;
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("an address is written like localhost:4040, :4040 or [::1]:4040,"
                    + " with a port from 0 to " + MAX_PORT + "; got \"" + text + "\"");
        }
        return new HttpAddress(matcher.group(1) != null ? matcher.group(1) : matcher.group(2), port);
    }

    /**
     * The addresses to bind. {@code localhost} stands for both loopback addresses, because which of them a client tries
     * first is up to its language.
     *
     * @return one or two addresses
     * @throws UnknownHostException when the host has no address
     */
    List<InetAddress> bindAddresses() throws IOException {
        if (!host.equals("localhost")) {
            return List.of(host.isEmpty() ? InetAddress.getByAddress(new byte[4]) : InetAddress.getByName(host));
        }
        InetAddress v4 = InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1});
        byte[] one = new byte[16];
        one[15] = 1;
        InetAddress v6 = InetAddress.getByAddress(host, one);
        return NetworkInterface.getByInetAddress(v6) == null ? List.of(v4) : List.of(v4, v6);
    }

    /** {@code HOST:PORT}, as it was given. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
