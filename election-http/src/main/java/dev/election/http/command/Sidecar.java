package dev.election.http.command;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.http.LeaderHttpServer;
import dev.election.http.RenewalLog;
import dev.election.http.metrics.ElectionMetrics;
import dev.election.spi.ElectionBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Candidates with their HTTP server: what runs in the process of the command line. */
final class Sidecar implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Sidecar.class);

    private final Elections elections;
    private final List<LeaderElector> electors;
    private final @Nullable LeaderHttpServer server;
    private final boolean encrypted;

    private Sidecar(
            Elections elections, List<LeaderElector> electors, @Nullable LeaderHttpServer server, boolean encrypted) {
        this.elections = elections;
        this.encrypted = encrypted;
        this.electors = electors;
        this.server = server;
    }

    /**
     * Runs a sidecar until a signal ends the process, which it then does with exit code 0; or 1 when giving up the
     * leadership took too long. Does not return.
     *
     * @throws IllegalArgumentException when the backend's URI is not understood
     * @throws IOException when it cannot listen at the HTTP address
     */
    static void runUntilSignal(RunOptions options) throws IOException, InterruptedException {
        LogLine.use(options.logLevel());
        UntilSignal signal = UntilSignal.begin("release what is led, whose leases now run out by themselves,");
        try {
            Sidecar sidecar = open(options, candidate -> {});
            if (signal.thenClose(sidecar::close)) {
                sidecar.contend();
            }
            new CountDownLatch(1).await();
        } finally {
            signal.over();
        }
    }

    /**
     * Starts to listen, and does not contend yet: a port that is taken shows before this candidate leads anything.
     *
     * @param work given to each candidate
     * @throws IllegalArgumentException when the backend's URI is not understood
     * @throws IOException when it cannot listen at the HTTP address
     */
    static Sidecar open(RunOptions options, Consumer<LeaderElector.Builder> work) throws IOException {
        RenewalLog renewals = new RenewalLog();
        ElectionMetrics metrics = new ElectionMetrics(options.elections(), options.timing());
        // Before the store is opened, which takes longer than all the rest, so that probes are soon answered.
        LeaderHttpServer server =
                options.http().isEmpty() ? null : options.http().get().start(options, renewals, metrics);
        Elections elections = null;
        try {
            elections = Elections.of(metrics.observing(ElectionBackend.open(options.backend()), renewals));
            List<LeaderElector> electors = electors(elections, options, work);
            metrics.candidates(electors);
            if (server != null) {
                server.serve(electors);
            }
            Sidecar sidecar = new Sidecar(
                    elections,
                    electors,
                    server,
                    options.http().flatMap(ServerOptions::tls).isPresent());
            sidecar.announce(options);
            return sidecar;
        } catch (RuntimeException e) {
            if (elections != null) {
                elections.close();
            }
            if (server != null) {
                server.close();
            }
            throw e;
        }
    }

    void contend() {
        electors.forEach(LeaderElector::start);
    }

    /** Where it answers; empty when it does not. */
    List<InetSocketAddress> addresses() {
        return server == null ? List.of() : server.addresses();
    }

    /** Each identity in each election. */
    private static List<LeaderElector> electors(
            Elections elections, RunOptions options, Consumer<LeaderElector.Builder> work) {
        List<LeaderElector> electors = new ArrayList<>();
        for (String election : options.elections()) {
            for (String identity : options.identities()) {
                LeaderElector.Builder candidate =
                        elections.elector(election).identity(identity).timing(options.timing());
                work.accept(candidate);
                electors.add(candidate.build());
            }
        }
        return electors;
    }

    /**
     * Stops leading, releases, then stops to answer: until the end, answers say truthfully that these candidates do not
     * lead.
     */
    @Override
    public void close() {
        elections.close();
        if (server != null) {
            server.close();
        }
    }

    private void announce(RunOptions options) {
        ElectionTiming timing = options.timing();
        log.info(
                "{}: {} in {}",
                Program.version(),
                named("candidate", options.identities()),
                named("election", options.elections()));
        log.info("backend {}", options.backend());
        log.info(
                "lease duration {}, renew deadline {}, retry period {}; after a loss, work has {} to stop",
                GoDuration.format(timing.leaseDuration()),
                GoDuration.format(timing.renewDeadline()),
                GoDuration.format(timing.retryPeriod()),
                GoDuration.format(Duration.ofMillis(timing.stopBudget().toMillis())));
        if (server == null) {
            log.info("no HTTP: --http is not given");
        } else {
            boolean all =
                    addresses().stream().anyMatch(each -> each.getAddress().isAnyLocalAddress());
            log.info(
                    "answering at {}{}",
                    addresses().stream().map(this::url).collect(Collectors.joining(" and ")),
                    all ? " and at all other addresses of this machine" : "");
        }
    }

    private static String named(String what, List<String> names) {
        return what + (names.size() == 1 ? " " : "s ") + String.join(", ", names);
    }

    /** Where to ask from this machine. */
    String url(InetSocketAddress address) {
        return url(address, encrypted);
    }

    /** That of loopback where it listens at all addresses: these have no name that it may be asked by. */
    static String url(InetSocketAddress address, boolean encrypted) {
        InetAddress named =
                address.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address.getAddress();
        String host = named.getHostAddress().replaceFirst("^0:0:0:0:0:0:0:", "::");
        return (encrypted ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + address.getPort() + "/";
    }
}
