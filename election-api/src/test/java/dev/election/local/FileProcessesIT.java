package dev.election.local;

import static dev.election.local.FileProcess.ELECTION;
import static dev.election.local.Records.TIMEOUT;
import static dev.election.local.Records.applied;
import static dev.election.local.Records.free;
import static dev.election.local.Records.held;
import static dev.election.local.Records.recordOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.election.spi.BackendException;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes on one directory, most of them killed in the middle of a write. Needs no server. */
@DisplayName("The file backend among processes")
@Timeout(300)
class FileProcessesIT {

    private static final int COUNTING_KILLS = 140;
    private static final int CHURNING_KILLS = 60;
    private static final int ROUND_TRIPS = 50;

    /** As many as keep two processors busy while others start. */
    private static final int AT_A_TIME = 3;

    @TempDir
    Path temporary;

    private Path directory;
    private FileBackend backend;

    @BeforeEach
    void open() {
        directory = temporary.resolve("elections");
        backend = FileBackend.open(directory);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Snapshot read() throws Exception {
        return backend.read(ELECTION, TIMEOUT);
    }

    private Snapshot create() throws Exception {
        return applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
    }

    @Test
    @Tag("S1")
    @DisplayName("S1: four processes that count up together lose no count")
    void noLostUpdate() throws Exception {
        create();
        Set<String> facts = new HashSet<>();
        List<FileProcess> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(FileProcess.start(directory, "count", 50));
        }
        for (FileProcess process : processes) {
            for (String fact = process.fact(); fact != null; fact = process.fact()) {
                assertThat(facts.add(fact)).as("reported twice: " + fact).isTrue();
            }
            assertThat(process.awaitEnd()).isZero();
        }
        assertThat(facts).hasSize(200);
        assertThat(recordOf(read()).fencingToken()).isEqualTo(200);
    }

    /** What processes reported, checked against each other and against what is stored. */
    private final class Ledger {

        private final Map<Long, Long> revisionByToken = new HashMap<>();
        private long highestToken;
        private long highestRevision;
        private int kills;

        synchronized void acknowledged(long token, long revision) {
            assertThat(revisionByToken.put(token, revision))
                    .as("token %s was acknowledged twice: a write that was acknowledged is lost", token)
                    .isNull();
            highestToken = Math.max(highestToken, token);
            highestRevision = Math.max(highestRevision, revision);
        }

        void killed() throws Exception {
            long token;
            long revision;
            synchronized (this) {
                kills++;
                token = highestToken;
                revision = highestRevision;
            }
            Snapshot left = read();
            assertThat(recordOf(left).fencingToken()).isGreaterThanOrEqualTo(token);
            assertThat(left.version().revision()).isGreaterThanOrEqualTo(revision);
        }

        /** Each write counts the token up by one, so the writes that nobody acknowledged can be counted too. */
        void check() throws Exception {
            long last = 0;
            for (long token : revisionByToken.keySet().stream().sorted().toList()) {
                assertThat(revisionByToken.get(token))
                        .as("revision of token %s", token)
                        .isGreaterThan(last);
                last = revisionByToken.get(token);
            }
            long unacknowledged = recordOf(read()).fencingToken() - revisionByToken.size();
            assertThat(unacknowledged)
                    .as("at most the one under way at each kill")
                    .isBetween(0L, (long) kills);
        }
    }

    @Test
    @Tag("S3")
    @DisplayName(
            "S2, S3, S5: processes killed in the middle of writes leave whole records and lose nothing acknowledged")
    void killedWhileCounting() throws Exception {
        create();
        Ledger ledger = new Ledger();
        lives(COUNTING_KILLS, (life, random) -> {
            try (FileProcess process = FileProcess.start(directory, "count", Integer.MAX_VALUE)) {
                dieAfter(process, random, fact -> {
                    String[] numbers = fact.split(" ");
                    ledger.acknowledged(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
                });
            }
            ledger.killed();
        });
        ledger.check();
        Snapshot left = read();
        applied(backend.compareAndSet(ELECTION, left.version(), held("survivor", 1), TIMEOUT));
    }

    @Test
    @Tag("S5")
    @DisplayName("S5: processes killed while they create and delete never give out a revision twice or below")
    void killedWhileDeleting() throws Exception {
        Set<Long> all = ConcurrentHashMap.newKeySet();
        AtomicLong highest = new AtomicLong();
        lives(CHURNING_KILLS, (life, random) -> {
            long before = highest.get();
            long[] last = {before};
            try (FileProcess process = FileProcess.start(directory, "churn", Integer.MAX_VALUE)) {
                dieAfter(process, random, fact -> {
                    long revision = Long.parseLong(fact);
                    assertThat(revision).isGreaterThan(last[0]);
                    assertThat(all.add(revision))
                            .as("revision %s was given out twice", revision)
                            .isTrue();
                    last[0] = revision;
                    highest.accumulateAndGet(revision, Math::max);
                });
            }
            read();
        });
        backend.delete(ELECTION, TIMEOUT);
        assertThat(create().version().revision()).isGreaterThan(highest.get());
    }

    @Test
    @Tag("S2")
    @DisplayName("S2: who gets no turn because of another process has written nothing; its death gives the turn back")
    void heldByAnotherProcess() throws Exception {
        Snapshot current = create();
        try (FileProcess holder = FileProcess.start(directory, "hold", 1)) {
            assertThat(holder.fact()).startsWith("held ");
            BackendException e = catchThrowableOfType(
                    BackendException.class,
                    () -> backend.compareAndSet(ELECTION, current.version(), held("late", 1), Duration.ofMillis(50)));
            assertThat(e.kind()).isEqualTo(BackendException.Kind.TRANSIENT);
            assertThat(e).hasMessageContaining("another process");
            assertThat(read()).isEqualTo(current);
            holder.kill();
            applied(backend.compareAndSet(ELECTION, current.version(), held("next", 1), TIMEOUT));
        }
    }

    @Test
    @Tag("S1")
    @DisplayName("S1: a thread that gave up waiting has not dropped the lock that another thread holds")
    void lockOfTheWholeProcess() throws Exception {
        Snapshot current = create();
        try (LockFile.Held lock = LockFile.hold(directory.resolve(ELECTION + ".lock"), TIMEOUT, Disk.REAL)) {
            InBackground<?> impatient = InBackground.run(
                    () -> backend.compareAndSet(ELECTION, current.version(), held("late", 1), Duration.ofMillis(20)));
            assertThatThrownBy(impatient::get).hasCauseInstanceOf(BackendException.class);
            try (FileProcess other = FileProcess.start(directory, "try", 1)) {
                assertThat(other.fact()).isEqualTo("no turn");
            }
            assertThat(lock.floor()).isPositive();
        }
        try (FileProcess other = FileProcess.start(directory, "try", 1)) {
            assertThat(other.fact()).isEqualTo("a turn");
        }
    }

    @Test
    @Tag("S9")
    @DisplayName("S9: a watch reports what another process wrote, sooner than its net would")
    void watchAcrossProcesses() throws Exception {
        Snapshot current = create();
        RecordingListener listener = new RecordingListener();
        backend.watch(ELECTION, listener, TIMEOUT);
        try (FileProcess releaser = FileProcess.start(directory, "release", 1)) {
            assertThat(releaser.fact()).isEqualTo("watching");
            long start = System.nanoTime();
            for (int i = 0; i < ROUND_TRIPS; i++) {
                applied(backend.compareAndSet(ELECTION, current.version(), held("a", i), TIMEOUT));
                current = listener.await(told -> recordOf(told).isFree());
            }
            Duration each = Duration.ofNanos(System.nanoTime() - start).dividedBy(ROUND_TRIPS);
            System.out.println("held here, seen and freed there, seen here: " + each.toNanos() / 1000 + " us each");
            assertThat(each).as("two notifications").isLessThan(Duration.ofMillis(500));
        }
    }

    private interface Life {
        void live(int life, Random random) throws Exception;
    }

    /** Several at a time. */
    private static void lives(int count, Life life) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(AT_A_TIME);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                Callable<?> call = () -> {
                    life.live(number, new Random(number));
                    return null;
                };
                all.add(pool.submit(call));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Kills a process some random time after it reported some facts, and takes in what it still reported. */
    private static void dieAfter(FileProcess process, Random random, Consumer<String> facts) throws Exception {
        for (int left = 1 + random.nextInt(8); left > 0; left--) {
            facts.accept(Objects.requireNonNull(process.fact(), "the process ended by itself"));
        }
        // Anywhere in the next write, which takes about as long.
        LockSupport.parkNanos(random.nextInt(3_000_000));
        process.kill();
        for (String fact = process.fact(); fact != null; fact = process.fact()) {
            facts.accept(fact);
        }
        process.awaitEnd();
    }
}
