package dev.election.etcd;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where etcd is, and who we are: what {@link EtcdBackend#connect} takes. Immutable; each {@code with} gives another one.
 */
public final class EtcdOptions {

    /** What keys begin with unless told otherwise. */
    public static final String DEFAULT_PREFIX = "election/";

    private static final int DEFAULT_PORT = 2379;
    private static final int MAX_PREFIX = 512;

    /** gRPC allows no less; etcd takes offence at pings more often than every 5 s. */
    private static final Duration PING = Duration.ofSeconds(10);

    private static final Duration PONG = Duration.ofSeconds(5);

    /** Larger than any value that etcd may sensibly be set up to take, so that what is no record can be told to be none. */
    private static final int MAX_ANSWER = 16 * 1024 * 1024;

    private final List<Address> addresses;
    private final String prefix;
    private final @Nullable Tls tls;
    private final @Nullable String authority;
    private final @Nullable Credentials credentials;

    /** A host, without brackets if it is an IPv6 address, and a port. */
    private record Address(String host, int port) {

        static Address parse(String text) {
            String form = "an endpoint of etcd has the form host:port, such as etcd-0.example.org:2379 or [::1]:2379;"
                    + " got \"" + text + "\"";
            if (!text.matches("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%a-z]+])(:[0-9]{1,5})?")) {
                throw new IllegalArgumentException(form);
            }
            int colon = text.lastIndexOf(':');
            boolean hasPort = colon > text.lastIndexOf(']') && colon >= 0;
            String host = hasPort ? text.substring(0, colon) : text;
            int port = hasPort ? Integer.parseInt(text.substring(colon + 1)) : DEFAULT_PORT;
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException(form + "; a port is from 1 to 65535");
            }
            return new Address(host.replaceAll("[\\[\\]]", ""), port);
        }

        /** With the scheme, as gRPC would take a host that is called like one, such as {@code dns}, for the scheme. */
        String target() {
            try {
                return new URI("dns", "", "/" + this, null).toString();
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException("no address of an endpoint: " + this, e);
            }
        }

        @Override
        public String toString() {
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    private EtcdOptions(
            List<Address> addresses,
            String prefix,
            @Nullable Tls tls,
            @Nullable String authority,
            @Nullable Credentials credentials) {
        this.addresses = List.copyOf(addresses);
        this.prefix = prefix;
        this.tls = tls;
        this.authority = authority;
        this.credentials = credentials;
    }

    /**
     * An etcd without TLS, called as nobody in particular.
     *
     * @param endpoints one or more of {@code host:port} or {@code host}, all of one cluster; the port is 2379 if it is
     *     missing. With several of them, a member that fails a call is left for the next one
     * @throws IllegalArgumentException when one is not of that form, or there is none
     */
    public static EtcdOptions of(String... endpoints) {
        return of(List.of(endpoints));
    }

    static EtcdOptions of(List<String> endpoints) {
        List<Address> addresses = new ArrayList<>();
        endpoints.forEach(endpoint -> addresses.add(Address.parse(endpoint)));
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("at least one endpoint of etcd is needed, such as 127.0.0.1:2379");
        }
        return new EtcdOptions(addresses, DEFAULT_PREFIX, null, null, null);
    }

    /**
     * What the keys begin with, before the name of the election; by default {@value #DEFAULT_PREFIX}. All candidates of
     * an election need the same.
     *
     * @throws IllegalArgumentException when it is empty, longer than 512 characters or has control characters
     */
    public EtcdOptions withPrefix(String keyPrefix) {
        return new EtcdOptions(addresses, requirePrefix(keyPrefix), tls, authority, credentials);
    }

    static String requirePrefix(String prefix) {
        if (prefix.isEmpty()
                || prefix.length() > MAX_PREFIX
                || prefix.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a prefix of keys has 1 to " + MAX_PREFIX
                    + " characters, none of them a control character; got \"" + prefix.replaceAll("\\p{Cntrl}", "?")
                    + "\"");
        }
        return prefix;
    }

    /** TLS, where the JDK's own certificate authorities vouch for the server. */
    public EtcdOptions withTls() {
        return withTls(new Tls(null, null, null));
    }

    /**
     * TLS, where the certificate authorities of this file vouch for the server.
     *
     * @param caFile certificates in PEM
     */
    public EtcdOptions withTls(Path caFile) {
        return withTls(new Tls(caFile, null, null));
    }

    /**
     * TLS with a certificate of our own, by which etcd knows us. The files are read when the backend is opened.
     *
     * @param caFile certificates in PEM of those who vouch for the server; null for the JDK's own
     * @param certFile our certificate in PEM, followed by those between it and its authority
     * @param keyFile its private key in PEM, PKCS #8, not encrypted
     */
    public EtcdOptions withTls(@Nullable Path caFile, Path certFile, Path keyFile) {
        return withTls(new Tls(
                caFile, Objects.requireNonNull(certFile, "certFile"), Objects.requireNonNull(keyFile, "keyFile")));
    }

    EtcdOptions withTls(Tls files) {
        return new EtcdOptions(addresses, prefix, files, authority, credentials);
    }

    /**
     * The name that the server's certificate is to bear, instead of the endpoint's host; for endpoints that are
     * addresses, or names that it does not know.
     */
    public EtcdOptions withAuthority(String name) {
        return new EtcdOptions(addresses, prefix, tls, Objects.requireNonNull(name, "name"), credentials);
    }

    /**
     * A user of etcd, with a password that is kept in a file. The file is read whenever etcd wants the password, which
     * is when it has forgotten us; so the password can be changed while elections go on. A line end after it is left
     * out.
     */
    public EtcdOptions withUser(String user, Path passwordFile) {
        return withCredentials(new Credentials(requireUser(user), new PasswordFile(passwordFile)));
    }

    /**
     * A user of etcd.
     *
     * @param password asked whenever etcd wants the password, on the thread of the call that needs it; it returns soon
     */
    public EtcdOptions withUser(String user, Supplier<String> password) {
        return withCredentials(new Credentials(requireUser(user), password::get));
    }

    private static String requireUser(String user) {
        if (user.isEmpty()) {
            throw new IllegalArgumentException("a user of etcd has a name that is not empty");
        }
        return user;
    }

    private EtcdOptions withCredentials(Credentials who) {
        return new EtcdOptions(addresses, prefix, tls, authority, who);
    }

    String prefix() {
        return prefix;
    }

    @Nullable
    Credentials credentials() {
        return credentials;
    }

    /** Channels to all endpoints, not connected yet. */
    Endpoints endpoints() {
        ChannelCredentials security = tls == null ? InsecureChannelCredentials.create() : tls.credentials();
        List<Endpoint> all = new ArrayList<>();
        for (Address address : addresses) {
            all.add(Endpoint.own(address.toString(), channel(address, security)));
        }
        return new Endpoints(all);
    }

    private ManagedChannel channel(Address address, ChannelCredentials security) {
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(address.target(), security)
                .disableRetry() // S7
                .keepAliveTime(PING.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(PONG.toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(MAX_ANSWER);
        if (authority != null) {
            builder.overrideAuthority(authority);
        }
        return builder.build();
    }

    @Override
    public String toString() {
        return addresses + " with prefix " + prefix + (tls == null ? "" : " over TLS")
                + (credentials == null ? "" : " as " + credentials);
    }
}
