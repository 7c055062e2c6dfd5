package dev.election.http;

import dev.election.LeaderElector;
import dev.election.http.wire.Limits;
import dev.election.http.wire.Server;
import dev.election.http.wire.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers over HTTP who leads, as the sidecar does, for an application that runs its own electors:
 *
 * <pre>{@code
 * try (LeaderHttpServer server = LeaderHttpServer.start(elector, "localhost:4040")) { ... }
 * }</pre>
 *
 * <p>{@code GET /openapi.json} tells all that can be asked for; the most used are
 *
 * <ul>
 *   <li>{@code GET /}: {@code {"name":"a"}}, the leader of the first election; {@code ""} when nobody leads or it is not
 *       known;
 *   <li>{@code GET /isLeader}: {@code {"isLeader":true}}: whether this process leads it;
 *   <li>{@code GET /v1/elections/NAME}: all that is known, fencing token included; {@code .../events} streams changes;
 *   <li>{@code GET /livez}: 503 when only a restart can help; {@code /readyz}: 200 once this answers.
 * </ul>
 *
 * <p>Every answer is computed when it is given; none touches the store. What an answer says of leading was true when it
 * was computed and may have ended when it arrives: where that matters, use the fencing token.
 *
 * <p><strong>Safety.</strong> Without a token, everybody who can connect may ask: listen on {@code localhost}, where
 * only the same machine or pod can. Clients must name this server by a loopback name, an address it listens at, or a
 * {@linkplain Builder#host host} it was given, so that no web page can make a browser ask. Requests, connections and
 * times are limited; one thread serves all of them, and never waits for one.
 */
public final class LeaderHttpServer implements AutoCloseable {

    private final Server server;
    private final Board board;
    private final List<LeaderElector.Subscription> subscriptions = new ArrayList<>();

    private LeaderHttpServer(Server server, Board board) {
        this.server = server;
        this.board = board;
    }

    /**
     * Starts to answer for one candidate.
     *
     * @param elector whom to ask; stays the caller's to start and close
     * @param address {@code HOST:PORT}; {@code localhost} for both loopback addresses, no host for all addresses, port
     *     0 for any free port
     * @throws IllegalArgumentException when the address is not of the form, saying what was expected
     * @throws IOException when it is not possible to listen there, saying where and why
     */
    public static LeaderHttpServer start(LeaderElector elector, String address) throws IOException {
        return of(List.of(elector)).start(address);
    }

    /**
     * Begins to describe a server for several candidates, of one election or of several.
     *
     * @param electors whom to ask; they stay the caller's to start and close. The election of the first one is what the
     *     paths without a name are about
     */
    public static Builder of(Collection<LeaderElector> electors) {
        return new Builder(List.copyOf(electors));
    }

    /** Where this listens, with the ports that were found for port 0. */
    public List<InetSocketAddress> addresses() {
        return server.addresses();
    }

    /** Stops listening and ends open connections. Idempotent. */
    @Override
    public void close() {
        subscriptions.forEach(LeaderElector.Subscription::close);
        server.close();
    }

    static LeaderHttpServer start(Builder settings, List<Supplier<Status>> elections, HttpAddress address)
            throws IOException {
        Board board = new Board(elections, Clock.systemUTC());
        Site site = new Site(
                board,
                new Gate(settings.hosts, settings.token),
                new Resignations(settings.resign),
                settings.metrics,
                settings.renewals);
        Server server = Server.start(Binding.bind(address), settings.limits(), settings.tls, site, board);
        return new LeaderHttpServer(server, board);
    }

    /** Tells those who watch of each change from now on, and of those since the start. */
    private void subscribe(Collection<List<LeaderElector>> electors) {
        int election = 0;
        for (List<LeaderElector> candidates : electors) {
            int number = election++;
            candidates.forEach(each -> subscriptions.add(each.onChange(() -> changed(number))));
            changed(number);
        }
    }

    /** @param election its number, in the order in which they were given */
    void changed(int election) {
        server.execute(() -> board.look(board.all().get(election)));
    }

    /** What a server is to be. */
    public static final class Builder {

        private final Map<String, List<LeaderElector>> electors = new LinkedHashMap<>();
        private final Set<String> hosts = new LinkedHashSet<>();
        private @Nullable Supplier<byte[]> token;
        private @Nullable Supplier<String> metrics;
        private @Nullable RenewalLog renewals;
        private @Nullable Function<String, CompletableFuture<Boolean>> resign;
        private @Nullable TlsFiles tls;
        private @Nullable Limits limits;

        Builder(List<LeaderElector> electors) {
            for (LeaderElector each : electors) {
                this.electors
                        .computeIfAbsent(each.election(), name -> new ArrayList<>())
                        .add(each);
            }
        }

        /** One more host name that clients know this server by. */
        public Builder host(String name) {
            hosts.add(Objects.requireNonNull(name, "name"));
            return this;
        }

        /**
         * Wants the bearer token in this file of everyone, but for {@code /livez} and {@code /readyz}. A file that is
         * replaced later is read again.
         *
         * @throws IllegalArgumentException when there is no token in the file
         */
        public Builder token(Path file) {
            this.token = TokenFile.read(file);
            return this;
        }

        /**
         * Speaks TLS 1.2 and 1.3 only. Files that are replaced later are read again.
         *
         * @param certificates PEM: the server's certificate, followed by those that vouch for it
         * @param key PEM: its key as PKCS #8, not encrypted
         * @throws IllegalArgumentException saying which file is wrong, and what was expected
         */
        public Builder tls(Path certificates, Path key) {
            this.tls = new TlsFiles(certificates, key);
            return this;
        }

        /** Lets those who have the token make this process give up its leadership, by {@code POST .../resign}. */
        public Builder resignable() {
            this.resign = this::resignAll;
            return this;
        }

        /**
         * Serves {@code /metrics}.
         *
         * @param prometheusText the text exposition format 0.0.4; called on the server's thread for each request
         */
        public Builder metrics(Supplier<String> prometheusText) {
            this.metrics = Objects.requireNonNull(prometheusText, "prometheusText");
            return this;
        }

        /** Where the renewals in {@code /v1/elections/NAME/history} come from; without it there are none. */
        public Builder renewals(RenewalLog renewals) {
            this.renewals = Objects.requireNonNull(renewals, "renewals");
            return this;
        }

        Builder limits(Limits limits) {
            this.limits = limits;
            return this;
        }

        private Limits limits() {
            if (limits != null) {
                return limits;
            }
            return tls == null ? Limits.ofThisProcess() : Limits.ofThisProcessWithTls();
        }

        /**
         * Starts to answer.
         *
         * @param address {@code HOST:PORT}, as {@link LeaderHttpServer#start(LeaderElector, String)} takes it
         * @throws IllegalArgumentException when the address is not of the form, there is no elector, or one may resign
         *     without a token
         * @throws IOException when it is not possible to listen there, saying where and why
         */
        public LeaderHttpServer start(String address) throws IOException {
            if (electors.isEmpty()) {
                throw new IllegalArgumentException("a server needs an elector to ask");
            }
            if (resign != null && token == null) {
                throw new IllegalArgumentException("who may end a leadership must be known: resigning needs a token");
            }
            List<Supplier<Status>> elections = new ArrayList<>();
            electors.values().forEach(each -> elections.add(() -> Status.of(each)));
            LeaderHttpServer server = LeaderHttpServer.start(this, elections, HttpAddress.parse(address));
            server.subscribe(electors.values());
            return server;
        }

        private CompletableFuture<Boolean> resignAll(String election) {
            return electors.getOrDefault(election, List.of()).stream()
                    .filter(LeaderElector::isLeader)
                    .map(LeaderElector::resign)
                    .reduce(
                            CompletableFuture.completedFuture(true),
                            (one, other) -> one.thenCombine(other, Boolean::logicalAnd));
        }
    }
}
