package dev.election.tck;

import dev.election.Elections;
import dev.election.EndReason;
import dev.election.LeaderElector;
import dev.election.LeaderView;
import dev.election.Leadership;
import dev.election.LeadershipListener;
import dev.election.LeadershipTask;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A process with one candidate: its own clock, its own view of the store, and what it was told. */
final class Candidate {

    /** User code that may wait for virtual time. */
    interface Act {
        void run() throws InterruptedException;
    }

    private static final Act NOTHING = () -> {};
    private static final Duration CLOSING = Scene.LEASE.multipliedBy(5);

    private final Scene scene;
    private final String identity;
    private final String label;
    private final VirtualClock clock;
    private final FaultInjectingBackend backend;
    private final Elections elections;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicLong lastStart = new AtomicLong();
    private final AtomicLong lastStop = new AtomicLong();
    private volatile boolean released;
    private volatile Act onStart = NOTHING;
    private volatile Act onStop = NOTHING;
    private volatile Act onNews = NOTHING;
    private @Nullable LeadershipTask task;
    private long minimumToken = 1;
    private @Nullable LeaderElector elector;

    /** @param label tells it from others of the same identity */
    Candidate(Scene scene, String identity, String label, VirtualClock clock) throws Exception {
        this.scene = scene;
        this.identity = identity;
        this.label = label;
        this.clock = clock;
        this.backend = FaultInjectingBackend.of(scene.time().attach(scene.kit().open()), clock);
        this.elections = Elections.of(backend, clock);
    }

    // ---- Before it starts ----

    Candidate onStart(Act act) {
        onStart = act;
        return this;
    }

    Candidate onStop(Act act) {
        onStop = act;
        return this;
    }

    Candidate onNews(Act act) {
        onNews = act;
        return this;
    }

    Candidate task(LeadershipTask work) {
        task = work;
        return this;
    }

    Candidate minimumToken(long token) {
        minimumToken = token;
        return this;
    }

    Candidate start() {
        LeaderElector.Builder builder = elections
                .elector(scene.election())
                .identity(identity)
                .timing(Scene.TIMING)
                .minimumFencingToken(minimumToken)
                .listener(scene.check().listener(toString(), new Told()));
        if (task != null) {
            builder.task(task);
        }
        elector = builder.build();
        scene.check().observe(toString(), elector);
        elector.start();
        return this;
    }

    private final class Told implements LeadershipListener {
        @Override
        public void onStartedLeading(Leadership leadership) {
            lastStart.set(scene.now());
            told.add("started");
            act(onStart);
        }

        @Override
        public void onStoppedLeading(EndReason reason) {
            lastStop.set(scene.now());
            told.add("stopped: " + reason);
            act(onStop);
        }

        @Override
        public void onNewLeader(LeaderView leader) {
            act(onNews);
        }
    }

    private static void act(Act act) {
        try {
            act.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For an act: to hang until the scene ends, or {@link #release()} is called. */
    void hang() throws InterruptedException {
        clock.await(() -> released, Duration.ofDays(1));
    }

    /** Lets what {@linkplain #hang() hangs} go on. */
    void release() {
        released = true;
        onStart = NOTHING;
        onStop = NOTHING;
        onNews = NOTHING;
    }

    // ---- While it runs ----

    LeaderElector elector() {
        return Objects.requireNonNull(elector, "start() comes first");
    }

    Elections elections() {
        return elections;
    }

    FaultInjectingBackend backend() {
        return backend;
    }

    VirtualClock clock() {
        return clock;
    }

    boolean leads() {
        return elector().isLeader();
    }

    Leadership term() {
        return elector().leadership().orElseThrow(() -> new AssertionError(this + " does not lead, though it should"));
    }

    long token() {
        return term().fencingToken();
    }

    /** What the listener was told of terms, in order: {@code started}, {@code stopped: <reason>}. */
    List<String> told() {
        return List.copyOf(told);
    }

    /** When the listener was last told of a start, and of a stop. */
    long lastStart() {
        return lastStart.get();
    }

    long lastStop() {
        return lastStop.get();
    }

    /** Goes on to the instant at which this leader has sent a renewal, and it was acknowledged. */
    void renew() {
        scene.advance(Duration.ofSeconds(1));
        scene.until(
                () -> leads() && term().remaining().equals(Scene.DEADLINE), this + " renews its lease", Scene.DEADLINE);
    }

    /** Its process is gone, as far as the store can tell. */
    void crash() {
        backend.cutOff();
    }

    /** Gives up its term, and waits for no virtual time. */
    CompletableFuture<Boolean> resign() {
        CompletableFuture<Boolean> givenBack = elector().resign();
        scene.expect(!leads(), "isLeader() is false as soon as resign() was called");
        scene.time().settle();
        return givenBack;
    }

    void close() {
        backend.heal();
        clock.resume();
        scene.time().advanceWhile(elections::close, CLOSING);
    }

    @Override
    public String toString() {
        return label;
    }
}
