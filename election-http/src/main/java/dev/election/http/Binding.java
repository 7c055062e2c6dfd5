package dev.election.http;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;

/** Begins to listen at every address that is meant by one, or at none. */
final class Binding {

    /** As many connections may be on their way while the server has something else to do. */
    private static final int BACKLOG = 1024;

    /** How often to look for a port that is free on both loopback addresses. */
    private static final int PORT_TRIES = 20;

    private Binding() {}

    /** @throws IOException when it is not possible to listen there, saying where and why */
    static List<ServerSocketChannel> bind(HttpAddress address) throws IOException {
        List<InetAddress> hosts = hosts(address);
        for (int tries = 1; ; tries++) {
            List<ServerSocketChannel> bound = new ArrayList<>();
            try {
                for (InetAddress host : hosts) {
                    // With port 0, the first address finds a port and the others follow it.
                    int port = bound.isEmpty()
                            ? address.port()
                            : bound.get(0).socket().getLocalPort();
                    bound.add(bind(new InetSocketAddress(host, port)));
                }
                return bound;
            } catch (IOException e) {
                boolean followerFailed =
                        address.port() == 0 && !bound.isEmpty() && e.getCause() instanceof BindException;
                for (ServerSocketChannel each : bound) {
                    each.close();
                }
                if (!followerFailed || tries == PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    private static List<InetAddress> hosts(HttpAddress address) throws IOException {
        try {
            return address.bindAddresses();
        } catch (UnknownHostException e) {
            throw new IOException("cannot listen on " + address + ": there is no such host", e);
        }
    }

    private static ServerSocketChannel bind(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            return channel.bind(address, BACKLOG);
        } catch (UnsupportedAddressTypeException e) { // an address of IPv6, on a machine or a Java that has none
            channel.close();
            throw new IOException("cannot listen on " + text(address) + ": there is no IPv6 here", e);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + text(address) + ": " + e.getMessage(), e);
        }
    }

    /** {@code 127.0.0.1:4040}, {@code [::1]:4040}. */
    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress().replaceFirst("^0:0:0:0:0:0:0:(?:0$)?", "::");
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
