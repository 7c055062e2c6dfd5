package dev.election.http;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.LeaderElector;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One candidate with its HTTP server: what runs in the process of the command line. */
final class Sidecar implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Sidecar.class);

    /** Kubernetes kills a pod 30 s after the signal, and others share that time; docker stop waits for 10 s. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

    private final Elections elections;
    private final LeaderElector elector;
    private final @Nullable LeaderHttpServer server;

    private Sidecar(Elections elections, LeaderElector elector, @Nullable LeaderHttpServer server) {
        this.elections = elections;
        this.elector = elector;
        this.server = server;
    }

    /**
     * Runs a sidecar until a signal ends the process, which it then does with exit code 0; or 1 when giving up the
     * leadership took too long. Does not return.
     *
     * @throws IllegalArgumentException when the backend's URI is not understood
     * @throws IOException when it cannot listen at the HTTP address
     */
    static void runUntilSignal(SidecarOptions options) throws IOException, InterruptedException {
        LogbackSetup.use(options.logLevel());
        Sidecar sidecar = start(options);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endProcess(sidecar), "election-shutdown"));
        new CountDownLatch(1).await();
    }

    /**
     * Starts to listen, then to contend: a port that is taken shows before this candidate leads anything.
     *
     * @throws IllegalArgumentException when the backend's URI is not understood
     * @throws IOException when it cannot listen at the HTTP address
     */
    static Sidecar start(SidecarOptions options) throws IOException {
        Elections elections = Elections.open(options.backend());
        try {
            LeaderElector elector = elections
                    .elector(options.election())
                    .identity(options.identity())
                    .timing(options.timing())
                    .build();
            LeaderHttpServer server = options.http().isEmpty()
                    ? null
                    : LeaderHttpServer.start(
                            () -> Status.of(elector), options.http().get());
            Sidecar sidecar = new Sidecar(elections, elector, server);
            sidecar.announce(options);
            elector.start();
            return sidecar;
        } catch (IOException | RuntimeException e) {
            elections.close();
            throw e;
        }
    }

    /**
     * Stops leading, releases, then stops to answer: until the end, answers say truthfully that this candidate does not
     * lead.
     */
    @Override
    public void close() {
        elector.close();
        if (server != null) {
            server.close();
        }
        elections.close();
    }

    private void announce(SidecarOptions options) {
        ElectionTiming timing = options.timing();
        log.info("{}: candidate {} in election {}", SidecarCommand.version(), options.identity(), options.election());
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
                    server.addresses().stream()
                            .map(address -> "http://" + LeaderHttpServer.text(address) + "/")
                            .collect(Collectors.joining(" and ")));
        }
    }

    /** Runs in a shutdown hook. Ends the process itself: the exit code of a signal would otherwise read as a failure. */
    private static void endProcess(Sidecar sidecar) {
        log.info("stopping");
        Thread closing = new Thread(sidecar::close, "election-close");
        closing.setDaemon(true);
        closing.start();
        boolean closed = false;
        try {
            closing.join(STOP_LIMIT.toMillis());
            closed = !closing.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!closed) {
            log.warn("could not give up in {}; the lease runs out by itself", GoDuration.format(STOP_LIMIT));
        }
        Runtime.getRuntime().halt(closed ? SidecarCommand.OK : SidecarCommand.FAILED);
    }
}
