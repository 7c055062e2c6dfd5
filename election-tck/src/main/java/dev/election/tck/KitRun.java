package dev.election.tck;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs the kit within this JVM, other than by a build tool or an IDE. Prints and writes nothing. */
final class KitRun {

    private KitRun() {}

    /** Runs those tests of a backend that prove one of these rules. */
    static Report run(Class<? extends BackendTck> kit, Set<Rule> rules) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(kit))
                .filters((PostDiscoveryFilter) test -> FilterResult.includedIf(provesOneOf(test, rules)))
                .build();
        AtomicReference<Report> report = new AtomicReference<>(new Report(ReportFiles.nameOf(kit)));
        LauncherConfig config = LauncherConfig.builder()
                // Of these, ours would print and write.
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestExecutionListeners(new ReportListener((of, done) -> report.set(done)))
                .build();
        LauncherFactory.create(config).execute(request);
        return report.get();
    }

    /** Of what is no method, such as a class, the filter sees the children. */
    private static boolean provesOneOf(TestDescriptor test, Set<Rule> rules) {
        if (!(test.getSource().orElse(null) instanceof MethodSource method)) {
            return true;
        }
        Proves proves = method.getJavaMethod().getAnnotation(Proves.class);
        return proves != null && Arrays.stream(proves.value()).anyMatch(rules::contains);
    }
}
