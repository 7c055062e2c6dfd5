package dev.election.tck;

import dev.election.spi.ElectionBackend;
import dev.election.spi.ElectionBackendProvider;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The kit from a command line: {@code java -cp 'lib/*' dev.election.tck.Tck --backend=URI}, with the kit, JUnit and the
 * backend in {@code lib}. Prints the report; the exit code is 0 if no test failed, 1 if one did, 2 for wrong use.
 */
public final class Tck {

    private static final String USAGE = """
            Tests a backend by the rules of elections.

              java -cp 'lib/*' dev.election.tck.Tck --backend=URI [--rules=S1,S4]

              --backend=URI  the store to test; a new prefix or an empty one, in which nothing else is
              --rules=RULES  only the tests that prove one of these rules, separated by commas
              --help         this

            Exit code: 0 if no test failed, 1 if one did, 2 for wrong use.
            """;

    private static final Set<String> OPTIONS = Set.of("--backend", "--rules");

    /** Something on the command line is not understood. */
    private static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    private Tck() {}

    public static void main(String[] args) {
        // Threads that a backend leaves behind must not keep the JVM.
        System.exit(run(args, System.out, System.err));
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        if (Arrays.asList(args).contains("--help")) {
            out.print(USAGE);
            out.println("\nBackends on this class path:");
            ServiceLoader.load(ElectionBackendProvider.class).stream()
                    .map(provider -> "  " + provider.get().uriForm())
                    .sorted()
                    .forEach(out::println);
            return 0;
        }
        try {
            Map<String, String> options = options(args);
            String uri = backend(options.get("--backend"));
            Set<Rule> rules = rules(options.get("--rules"));
            return run(uri, rules, out);
        } catch (UsageException e) {
            err.println("error: " + e.getMessage());
            err.println("java dev.election.tck.Tck --help tells more");
            return 2;
        }
    }

    private static Map<String, String> options(String[] args) throws UsageException {
        Map<String, String> options = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            String name = equals < 0 ? arg : arg.substring(0, equals);
            if (!OPTIONS.contains(name) || equals < 0) {
                throw new UsageException("\"" + arg + "\" is none of --backend=URI, --rules=RULES and --help");
            }
            if (options.put(name, arg.substring(equals + 1)) != null) {
                throw new UsageException(name + " is given twice");
            }
        }
        return options;
    }

    private static String backend(@Nullable String uri) throws UsageException {
        if (uri == null) {
            throw new UsageException("--backend=URI is missing");
        }
        try {
            ElectionBackend.open(uri).close();
            return uri;
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private static Set<Rule> rules(@Nullable String names) throws UsageException {
        if (names == null) {
            return EnumSet.allOf(Rule.class);
        }
        Set<Rule> rules = EnumSet.noneOf(Rule.class);
        for (String name : names.split(",", -1)) {
            Rule rule = Arrays.stream(Rule.values())
                    .filter(one -> one.name().equalsIgnoreCase(name.strip()))
                    .findAny()
                    .orElseThrow(() -> new UsageException(
                            "there is no rule \"" + name + "\"; the rules are " + Arrays.toString(Rule.values())));
            if (rule.notTested().isPresent()) {
                throw new UsageException(
                        rule + " is not tested: " + rule.notTested().get());
            }
            rules.add(rule);
        }
        return rules;
    }

    private static int run(String uri, Set<Rule> rules, PrintStream out) {
        System.setProperty(BackendUriTest.BACKEND, uri);
        Report report = KitRun.run(BackendUriTest.class, rules);
        ReportFiles.publish(BackendUriTest.class, report, out);
        return report.failures().isEmpty() ? 0 : 1;
    }
}
