package dev.election.http;

import dev.election.ElectionTiming;
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

    /** By election, in the order of the board. */
    private final Map<String, Candidates> candidates;

    private final List<LeaderElector.Subscription> subscriptions = new ArrayList<>(); // guarded by itself
    private boolean closed; // guarded by subscriptions

    private LeaderHttpServer(Server server, Board board, Map<String, Candidates> candidates) {
        this.server = server;
        this.board = board;
        this.candidates = candidates;
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
        Map<String, Candidates> candidates = new LinkedHashMap<>();
        byElection(electors).forEach((election, each) -> candidates.put(election, Candidates.of(each)));
        return new Builder(candidates);
    }

    /**
     * Begins to describe a server that answers before its candidates are there, because to open their store takes its
     * time: of whom they are, and that nothing is known of who leads. {@link #serve} brings them. If they do not come
     * within their renew deadline, {@code /livez} says so.
     *
     * @param elections their names; the paths without a name are about the first one
     * @param identities of the candidates in each of them
     * @param timing that of all of them
     */
    public static Builder expecting(
            Collection<String> elections, Collection<String> identities, ElectionTiming timing) {
        Map<String, Candidates> candidates = new LinkedHashMap<>();
        elections.forEach(
                election -> candidates.put(election, new Candidates(election, List.copyOf(identities), timing)));
        return new Builder(candidates);
    }

    private static Map<String, List<LeaderElector>> byElection(Collection<LeaderElector> electors) {
        Map<String, List<LeaderElector>> groups = new LinkedHashMap<>();
        electors.forEach(each -> groups.computeIfAbsent(each.election(), name -> new ArrayList<>())
                .add(each));
        return groups;
    }

    /**
     * The candidates that were {@linkplain #expecting expected} are there. Once; does nothing after {@link #close}.
     *
     * @param electors whom to ask from now on; they stay the caller's to start and close
     * @throws IllegalArgumentException when others were expected; those are waited for still
     * @throws IllegalStateException when there are candidates already
     */
    public void serve(Collection<LeaderElector> electors) {
        Map<String, List<LeaderElector>> groups = byElection(electors);
        if (!groups.keySet().equals(candidates.keySet())) {
            throw new IllegalArgumentException(
                    "candidates of " + candidates.keySet() + " were expected, and not of " + groups.keySet());
        }
        groups.forEach((election, each) -> candidates.get(election).requireExpected(each));
        synchronized (subscriptions) {
            if (closed) {
                return;
            }
            if (!subscriptions.isEmpty()) {
                throw new IllegalStateException("this server has its candidates already");
            }
            groups.forEach((election, each) -> candidates.get(election).come(each));
            subscribe();
        }
    }

    /** Where this listens, with the ports that were found for port 0. */
    public List<InetSocketAddress> addresses() {
        return server.addresses();
    }

    /** Stops listening and ends open connections. Idempotent. */
    @Override
    public void close() {
        synchronized (subscriptions) {
            closed = true;
            subscriptions.forEach(LeaderElector.Subscription::close);
        }
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
        return new LeaderHttpServer(server, board, settings.candidates);
    }

    /** Tells those who watch of each change from now on, and of those since the start. */
    private void subscribe() {
        synchronized (subscriptions) {
            int election = 0;
            for (Candidates each : candidates.values()) {
                int number = election++;
                each.electors().forEach(elector -> subscriptions.add(elector.onChange(() -> changed(number))));
                changed(number);
            }
        }
    }

    /** @param election its number, in the order in which they were given */
    void changed(int election) {
        server.execute(() -> board.look(board.all().get(election)));
    }

    /** What a server is to be. */
    public static final class Builder {

        private final Map<String, Candidates> candidates;
        private final Set<String> hosts = new LinkedHashSet<>();
        private @Nullable Supplier<byte[]> token;
        private @Nullable Supplier<String> metrics;
        private @Nullable RenewalLog renewals;
        private @Nullable Function<String, CompletableFuture<Boolean>> resign;
        private @Nullable TlsFiles tls;
        private @Nullable Limits limits;

        Builder(Map<String, Candidates> candidates) {
            this.candidates = candidates;
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
            if (candidates.isEmpty()) {
                throw new IllegalArgumentException("a server needs an elector to ask");
            }
            if (resign != null && token == null) {
                throw new IllegalArgumentException("who may end a leadership must be known: resigning needs a token");
            }
            List<Supplier<Status>> elections = new ArrayList<>();
            candidates.values().forEach(each -> elections.add(each::status));
            LeaderHttpServer server = LeaderHttpServer.start(this, elections, HttpAddress.parse(address));
            server.subscribe();
            return server;
        }

        private CompletableFuture<Boolean> resignAll(String election) {
            Candidates named = candidates.get(election);
            return named == null ? CompletableFuture.completedFuture(true) : named.resign();
        }
    }
}
