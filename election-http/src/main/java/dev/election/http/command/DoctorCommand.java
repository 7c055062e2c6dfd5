package dev.election.http.command;

import dev.election.ElectionTiming;
import dev.election.Examination;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for what could keep an election from being held, and says what to do about it. */
final class DoctorCommand implements Subcommand {

    private static final Logger LOG = LoggerFactory.getLogger(DoctorCommand.class);

    /** A store that answers none of them is asked less often; the first one may have to connect. */
    private static final int CALLS = 4;

    /** When time is up. */
    private static final Duration SHORTEST_CALL = Duration.ofMillis(1);

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public String summary() {
        return "Looks for what could keep an election from being held, and says what to do.";
    }

    @Override
    public String synopsis() {
        return "--election=NAME [--backend=URI] [--output=json] [OPTIONS]";
    }

    @Override
    public List<Option> options() {
        List<Option> options = new ArrayList<>(List.of(Option.ELECTION, Option.OUTPUT, Option.TIMEOUT));
        options.addAll(Option.STORE);
        options.addAll(Option.TIMES);
        return options;
    }

    @Override
    public List<String> details() {
        return List.of(
                "It changes nothing and takes no part in the election. Run it as the user, or in the pod, of a candidate, and"
                        + " with its options: it looks whether the store answers and how fast, what may not be done there"
                        + " and who can grant it by which command or YAML, what has taken the name, how clocks differ, and"
                        + " how much time the work has to stop.",
                "What it cannot find out without changing something, it marks as unknown.");
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "Before the first candidate is started",
                        "election doctor --election=example --backend=etcd://etcd-0:2379/election"),
                new Example(
                        "The remedies alone, such as a manifest",
                        "election doctor --election=a --output=json | jq -r '.elections[].findings[].remedy // empty'"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED, ExitCode.PROBLEM_FOUND);
    }

    @Override
    public int run(Invocation invocation) throws IOException, InterruptedException {
        CommonOptions options = invocation.options();
        List<String> elections = options.elections();
        ElectionTiming timing = options.timing();
        Duration timeout = options.timeout();
        boolean json = options.json();
        String uri = options.backend();
        LogLine.use(options.logLevel(LogLevel.WARN));
        List<Diagnosis> diagnoses;
        try (Progress waiting = Progress.of(invocation.terminal(), "the answers of the store")) {
            diagnoses = examine(uri, elections, timing, timeout);
            waiting.end();
        }
        String text = json
                ? Diagnosis.json(diagnoses)
                : Diagnosis.text(diagnoses, invocation.terminal().outStyle());
        invocation.terminal().answer(text);
        boolean problem = diagnoses.stream().anyMatch(each -> each.worst() == Severity.PROBLEM);
        return (problem ? ExitCode.PROBLEM_FOUND : ExitCode.OK).code();
    }

    private static List<Diagnosis> examine(String uri, List<String> elections, ElectionTiming timing, Duration timeout)
            throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            return examine(Opening.of(uri, timeout), elections, timing, timeout, end);
        } catch (TimeoutException e) {
            Finding hangs = Finding.problem(
                    Topic.REACHABLE,
                    "no use of " + uri + ": " + e.getMessage(),
                    "Try by hand what gets the credentials, such as the program that a kubeconfig names.");
            return elections.stream()
                    .map(each -> new Diagnosis(each, uri, List.of(hangs)))
                    .toList();
        }
    }

    /**
     * On a thread that is left behind if a store keeps no timeout, not even that for closing it.
     *
     * @param timeout what is left of which ends at {@code end}
     */
    static List<Diagnosis> examine(
            ElectionBackend backend, List<String> elections, ElectionTiming timing, Duration timeout, long end)
            throws InterruptedException {
        List<Diagnosis> done = new ArrayList<>();
        try {
            for (String election : elections) {
                // Each has its share of what is left, so that one that waits in vain leaves time for the others.
                Duration left = Duration.ofNanos(end - System.nanoTime());
                Duration call = left.dividedBy((long) CALLS * (elections.size() - done.size()));
                done.add(new Diagnosis(
                        election, backend.toString(), examine(backend, election, timing, timeout, call, end)));
            }
            return done;
        } finally {
            FutureTask<Void> closing = new FutureTask<>(backend::close, null);
            start(closing);
            try {
                closing.get(Math.max(0, end - System.nanoTime()) + TimeUnit.SECONDS.toNanos(2), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.debug("the backend could not be closed", e);
            }
        }
    }

    private static List<Finding> examine(
            ElectionBackend backend, String election, ElectionTiming timing, Duration timeout, Duration call, long end)
            throws InterruptedException {
        FutureTask<List<Finding>> examination = new FutureTask<>(() ->
                Examination.of(backend, election, timing, call.compareTo(SHORTEST_CALL) < 0 ? SHORTEST_CALL : call));
        start(examination);
        try {
            return examination.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            examination.cancel(true);
            return List.of(Finding.problem(
                    Topic.REACHABLE,
                    "it did not answer all questions within " + GoDuration.format(timeout),
                    "Look at the store, or give it longer by " + Option.TIMEOUT.flag() + "."));
        } catch (ExecutionException e) {
            LOG.debug("the examination failed", e);
            return List.of(Finding.problem(
                    Topic.STORE, "the examination failed, which is a bug of the backend: " + e.getCause(), ""));
        }
    }

    private static void start(FutureTask<?> task) {
        Thread thread = new Thread(task, "election-doctor");
        thread.setDaemon(true);
        thread.start();
    }
}
