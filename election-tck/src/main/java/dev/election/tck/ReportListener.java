package dev.election.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints and writes a report for each {@link BackendTck} that is run, whoever runs it: found by {@link
 * java.util.ServiceLoader}, it needs no configuration. It ignores all other tests.
 *
 * <p>A listener, and no extension of the tests, because it has to hear of what fails before the first test.
 */
public final class ReportListener implements TestExecutionListener {

    /** What becomes of a report when its class of tests is done. */
    interface Sink {
        void accept(Class<?> kit, Report report);
    }

    private final Sink sink;
    private final Map<String, Report> reports = new ConcurrentHashMap<>();
    private final Map<String, String> figures = new ConcurrentHashMap<>();
    private volatile @Nullable TestPlan plan;

    /** For {@link java.util.ServiceLoader}. */
    public ReportListener() {
        this((kit, report) -> ReportFiles.publish(kit, report, System.out));
    }

    ReportListener(Sink sink) {
        this.sink = sink;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan testPlan) {
        plan = testPlan;
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        String published = entry.getKeyValuePairs().entrySet().stream()
                .map(pair -> pair.getKey() + ": " + pair.getValue())
                .collect(Collectors.joining(", "));
        if (kitOf(test).isPresent()) {
            figures.merge(test.getUniqueId(), published, (before, next) -> before + ", " + next);
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        add(test, Outcome.SKIPPED, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Status status = result.getStatus();
        if (status == Status.FAILED) {
            add(
                    test,
                    Outcome.FAILED,
                    result.getThrowable().map(Failure::describe).orElse("no reason was given"));
        } else if (status == Status.ABORTED) {
            Outcome outcome = test.isTest() ? Outcome.NOT_APPLICABLE : Outcome.SKIPPED;
            add(test, outcome, result.getThrowable().map(Failure::reason).orElse("no reason was given"));
        } else if (test.isTest()) {
            add(test, Outcome.PASSED, figures.getOrDefault(test.getUniqueId(), ""));
        }
        if (kitOf(test).filter(test::equals).isPresent()) {
            Report report = reports.remove(test.getUniqueId());
            if (report != null) {
                sink.accept(testClass(test).orElseThrow(), report);
            }
        }
    }

    private void add(TestIdentifier test, Outcome outcome, String message) {
        kitOf(test)
                .ifPresent(kit -> reports.computeIfAbsent(kit.getUniqueId(), id -> new Report(name(kit)))
                        .add(new Result(rules(test), outcome, sentence(test), message)));
    }

    private List<TestIdentifier> upwards(TestIdentifier test) {
        List<TestIdentifier> path = new ArrayList<>();
        TestPlan of = plan;
        for (Optional<TestIdentifier> at = Optional.of(test); of != null && at.isPresent(); ) {
            path.add(at.get());
            at = of.getParent(at.get());
        }
        return path;
    }

    /** The outermost class of tests above this one, or itself, if that is a {@link BackendTck}. */
    private Optional<TestIdentifier> kitOf(TestIdentifier test) {
        return upwards(test).stream()
                .filter(at ->
                        testClass(at).filter(BackendTck.class::isAssignableFrom).isPresent())
                .reduce((inner, outer) -> outer);
    }

    private static Optional<Class<?>> testClass(TestIdentifier test) {
        return test.getSource()
                .filter(ClassSource.class::isInstance)
                .map(source -> ((ClassSource) source).getJavaClass());
    }

    private List<Rule> rules(TestIdentifier test) {
        return upwards(test).stream()
                .flatMap(at -> at.getSource().stream())
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getJavaMethod().getAnnotation(Proves.class))
                .filter(proves -> proves != null)
                .findFirst()
                .map(proves -> List.of(proves.value()))
                .orElse(List.of());
    }

    /** The test's name; after that of its method, if it is one of several that a method makes. */
    private String sentence(TestIdentifier test) {
        List<TestIdentifier> path = upwards(test);
        String sentence = test.getDisplayName();
        for (int i = 1; i < path.size() && path.get(i).getSource().orElse(null) instanceof MethodSource; i++) {
            sentence = path.get(i).getDisplayName() + ": " + sentence;
        }
        return sentence;
    }

    private static String name(TestIdentifier kit) {
        return ReportFiles.nameOf(testClass(kit).orElseThrow());
    }
}
