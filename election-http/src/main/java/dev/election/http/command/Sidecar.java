package dev.election.http.command;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.LeaderElector;
import dev.election.http.LeaderHttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Candidates with their HTTP server: what runs in the process of the command line. */
final class Sidecar implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Sidecar.class);

    private final Elections elections;
    private final @Nullable LeaderHttpServer server;

    private Sidecar(Elections elections, @Nullable LeaderHttpServer server) {
        this.elections = elections;
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
        LogbackSetup.use(options.logLevel());
        Sidecar sidecar = start(options);
        UntilSignal.thenClose(sidecar::close, "give up the leadership");
        new CountDownLatch(1).await();
    }

    /**
     * Starts to listen, then to contend: a port that is taken shows before this candidate leads anything.
     *
     * @throws IllegalArgumentException when the backend's URI is not understood
     * @throws IOException when it cannot listen at the HTTP address
     */
    static Sidecar start(RunOptions options) throws IOException {
        Elections elections = Elections.open(options.backend());
        try {
            List<LeaderElector> electors = electors(elections, options);
            LeaderHttpServer server = options.http().isEmpty()
                    ? null
                    : LeaderHttpServer.start(
                            electors.get(0), options.http().get().toString());
            Sidecar sidecar = new Sidecar(elections, server);
            sidecar.announce(options);
            electors.forEach(LeaderElector::start);
            return sidecar;
        } catch (IOException | RuntimeException e) {
            elections.close();
            throw e;
        }
    }

    /** Each identity in each election. */
    private static List<LeaderElector> electors(Elections elections, RunOptions options) {
        List<LeaderElector> electors = new ArrayList<>();
        for (String election : options.elections()) {
            for (String identity : options.identities()) {
                electors.add(elections
                        .elector(election)
                        .identity(identity)
                        .timing(options.timing())
                        .build());
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
            log.info(
                    "answering at {}",
                    server.addresses().stream().map(Sidecar::url).collect(Collectors.joining(" and ")));
        }
    }

    private static String named(String what, List<String> names) {
        return what + (names.size() == 1 ? " " : "s ") + String.join(", ", names);
    }

    private static String url(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress().replace("0:0:0:0:0:0:0:", "::");
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/";
    }
}
