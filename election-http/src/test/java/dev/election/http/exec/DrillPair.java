package dev.election.http.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Two candidates of one election, to whose leader something happens again and again. To be closed when all is over. */
final class DrillPair implements AutoCloseable {

    /**
     * The command. It stamps the fenced file, and is of another kind from term to term: one that ends when it is told to,
     * one that does not, one whose offspring leaves it, and one that forks all the time.
     */
    private static final String COMMAND = """
            stamp='while :; do
              read -r now rest </proc/uptime
              echo "$ELECTION_FENCING_TOKEN $now" >>"$0"
              sleep 0.1
            done'
            case $((ELECTION_FENCING_TOKEN % 4)) in
              0) ;;
              1) trap '' TERM ;;
              2)
                trap '' TERM
                (setsid sh -c "$stamp" "$1" &)
                env -i sleep 60 &
                ;;
              3) while :; do (setsid sh -c 'trap "" TERM; sleep 2' &) ; sleep 0.2; done & ;;
            esac
            exec sh -c "$stamp" "$1"
            """;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final String mark;
    private final String election;
    private final Path directory;
    private final DrillStore store;
    private final Duration lease;
    private final SplittableRandom random;
    private final Map<String, ExecProcess> candidates = new HashMap<>();
    private final Map<DrillMoment, Integer> happened = new EnumMap<>(DrillMoment.class);

    /** @param directory for what the candidates write, and for a store of files */
    DrillPair(String mark, String election, DrillStore.Kind store, Path directory, Duration lease, long seed) {
        this.mark = mark;
        this.election = election;
        this.directory = directory;
        this.store = new DrillStore(store, directory, election);
        this.lease = lease;
        this.random = new SplittableRandom(seed);
    }

    String election() {
        return election;
    }

    DrillStore store() {
        return store;
    }

    /** What the commands have stamped. */
    Path fenced() {
        return directory.resolve(election + ".stamps");
    }

    Map<DrillMoment, Integer> happened() {
        return happened;
    }

    /** Makes so many moments of random kinds. */
    void run(int moments) throws Exception {
        start("a");
        start("b");
        for (int i = 0; i < moments; i++) {
            while (!strike(DrillMoment.random(random))) {
                // Whom it was to hit had just ended by itself.
            }
        }
    }

    /** Makes one moment of this kind, and waits until the command runs again. */
    void runOnce(DrillMoment moment) throws Exception {
        start("a");
        start("b");
        while (!strike(moment)) {
            // As above.
        }
        long token = await("leads", 0).token();
        candidates
                .get("a")
                .await(
                        "a command of term " + token,
                        () -> Marked.by(mark).stream()
                                .anyMatch(each -> each.variable(LeaderCommand.TOKEN_VARIABLE)
                                        .equals(Long.toString(token))));
    }

    /** Tells both to end, and waits until they have. */
    void end() throws Exception {
        for (ExecProcess each : candidates.values()) {
            each.signal("TERM");
        }
        for (ExecProcess each : candidates.values()) {
            each.exitCode();
        }
    }

    @Override
    public void close() {
        store.close();
    }

    private void start(String id) throws IOException {
        long millis = lease.toMillis();
        candidates.put(
                id,
                ExecProcess.start(
                        mark,
                        directory,
                        List.of(
                                "--election=" + election,
                                "--id=" + id,
                                "--backend=" + store.uri(),
                                "--ttl=" + millis + "ms",
                                "--grace=" + millis / 4 + "ms",
                                "--",
                                "sh",
                                "-c",
                                COMMAND,
                                "command",
                                fenced().toString())));
    }

    /** Returns whether it hit. */
    private boolean strike(DrillMoment moment) throws Exception {
        DrillRecord held = await("leads", 0);
        // A third of them while the guardian and the command are being started.
        long longest = random.nextInt(3) == 0 ? lease.toMillis() / 20 : lease.toMillis() / 3;
        LockSupport.parkNanos(Duration.ofMillis(random.nextLong(longest)).toNanos());
        String id = held.holder().substring(0, 1);
        ExecProcess leader = candidates.get(id);
        DrillRecord before = store.read().orElseThrow();
        if (!begin(moment, leader, before)) {
            return false;
        }
        happened.merge(moment, 1, Integer::sum);
        if (moment.isEnding()) {
            start(id);
        }
        if (moment.isDeposing()) {
            await("leads after " + moment, before.token());
        }
        return true;
    }

    private boolean begin(DrillMoment moment, ExecProcess leader, DrillRecord term) throws Exception {
        Optional<Marked> guardian = leader.findGuardian().filter(each -> isOf(term, each));
        if (moment.isOfGuardian() && guardian.isEmpty()) {
            return false;
        }
        switch (moment) {
            case KILL -> leader.kill();
            case TERM -> {
                leader.signal("TERM");
                leader.exitCode();
            }
            case STOP -> {
                leader.signal("STOP");
                // Not until another leads: it may hold the lock of the store's file.
                LockSupport.parkNanos(lease.multipliedBy(3).dividedBy(2).toNanos());
                leader.signal("CONT");
            }
            case PAUSE -> {
                leader.signal("STOP");
                LockSupport.parkNanos(lease.dividedBy(8).toNanos());
                leader.signal("CONT");
            }
            case KILL_GUARDIAN -> {
                return ExecProcess.signalled("KILL", guardian.orElseThrow().pid());
            }
            case STOP_GUARDIAN -> {
                return ExecProcess.signalled("STOP", guardian.orElseThrow().pid());
            }
            case KILL_BOTH -> killTogether(leader, List.of(guardian.orElseThrow()));
            case KILL_EVERYTHING -> {
                leader.await(
                        "the command",
                        () -> Marked.by(mark).stream()
                                .filter(Marked::isOfCommand)
                                .anyMatch(this::isOurs));
                Marked of = guardian.orElseThrow();
                killTogether(leader, sessionOf(of));
                // The guardian may have started a timer in between.
                for (List<Marked> left = sessionOf(of); !left.isEmpty(); left = sessionOf(of)) {
                    left.forEach(DrillPair::kill);
                }
            }
        }
        return true;
    }

    /** In one stroke: neither has the time to see the other end. */
    private static void killTogether(ExecProcess leader, List<Marked> others) {
        leader.strikeDead();
        others.forEach(DrillPair::kill);
        leader.kill();
    }

    private static void kill(Marked process) {
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** The guardian and its timers. */
    private List<Marked> sessionOf(Marked guardian) throws IOException {
        return Marked.by(mark).stream()
                .filter(each -> each.stat().session() == guardian.pid())
                .toList();
    }

    /** And not of an earlier one: it stays for a second, and nothing comes of it when that is hit. */
    private static boolean isOf(DrillRecord term, Marked guardian) {
        long age = Uptime.ofThisMachine().now() - guardian.stat().start(); // a tick is a hundredth of a second
        Instant started = Instant.now().minusMillis(age * 10);
        return started.isAfter(term.acquired().minusMillis(100));
    }

    private boolean isOurs(Marked process) {
        return process.variable("ELECTION_NAME").equals(election);
    }

    /** Waits until the lock is held by a term after this one. */
    private DrillRecord await(String what, long before) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Optional<DrillRecord> held = store.read()
                    .filter(each -> !each.isFree()
                            && each.token() > before
                            && each.renewed().plus(lease.dividedBy(2)).isAfter(Instant.now()));
            if (held.isPresent()) {
                return held.get();
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        throw new IllegalStateException("nobody " + what + " in " + election + ": " + candidates);
    }
}
