package dev.election.http.command;

import static dev.election.http.command.Option.BACKEND;
import static dev.election.http.command.Option.ELECTION;
import static dev.election.http.command.Option.ELECTION_NAMESPACE;
import static dev.election.http.command.Option.ID;
import static dev.election.http.command.Option.KUBECONFIG;
import static dev.election.http.command.Option.LEASE_DURATION;
import static dev.election.http.command.Option.LOCK;
import static dev.election.http.command.Option.LOG_LEVEL;
import static dev.election.http.command.Option.OUTPUT;
import static dev.election.http.command.Option.RENEW_DEADLINE;
import static dev.election.http.command.Option.RETRY_PERIOD;
import static dev.election.http.command.Option.TIMEOUT;
import static dev.election.http.command.Option.TTL;
import static dev.election.http.command.Option.USE_CLUSTER_CREDENTIALS;

import dev.election.ElectionTiming;
import dev.election.http.command.Arguments.Argument;
import dev.election.spi.BackendUri;
import dev.election.spi.Names;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The options that several commands take, so that they mean the same everywhere: understood and checked when they are
 * asked for, without any I/O. What is wrong is an {@link IllegalArgumentException} that names the flag or variable and
 * says what was expected.
 */
final class CommonOptions {

    private static final String DEFAULT_TTL = "10s";

    /** Enough to wait out a lease of the default duration. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    private static final String KUBERNETES = "kubernetes";

    /** Which option of a {@code kubernetes:} URI each of these becomes. */
    private static final Map<Option, String> URI_OPTIONS =
            Map.of(ELECTION_NAMESPACE, "namespace", LOCK, "lock", KUBECONFIG, "kubeconfig");

    private final Arguments arguments;
    private final Surroundings surroundings;

    CommonOptions(Arguments arguments, Surroundings surroundings) {
        this.arguments = arguments;
        this.surroundings = surroundings;
    }

    /** The names of the elections, each once; at least one. */
    List<String> elections() {
        Set<String> names = new LinkedHashSet<>();
        for (Argument argument : arguments.all(ELECTION)) {
            for (String name : argument.value().split(",", -1)) {
                names.add(parsed(new Argument(argument.source(), name), Names::requireElection));
            }
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException(
                    "the name of the election is missing: " + ELECTION.usage() + " or " + ELECTION.variable());
        }
        return List.copyOf(names);
    }

    /** Those of the candidates, each once; at least one, by default the host's name. */
    List<String> identities() {
        Set<String> identities = new LinkedHashSet<>();
        arguments.all(ID).forEach(argument -> identities.add(parsed(argument, Names::requireIdentity)));
        if (identities.isEmpty()) {
            identities.add(surroundings
                    .hostName()
                    .get()
                    .map(Names::requireIdentity)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "this machine has no host name to serve as identity: give one by " + ID.flag())));
        }
        return List.copyOf(identities);
    }

    LogLevel logLevel(LogLevel unlessGiven) {
        return choice(LOG_LEVEL).map(LogLevel::parse).orElse(unlessGiven);
    }

    /** The times of a candidate. */
    ElectionTiming timing() {
        Optional<Argument> ttl = arguments.get(TTL);
        List<String> single = List.of(LEASE_DURATION, RENEW_DEADLINE, RETRY_PERIOD).stream()
                .flatMap(option -> arguments.get(option).map(Argument::source).stream())
                .toList();
        if (ttl.isPresent() && !single.isEmpty()) {
            throw new IllegalArgumentException(ttl.get().source()
                    + " sets all times at once, so it does not go together with " + String.join(", ", single));
        }
        Option whole = ttl.isPresent() ? TTL : LEASE_DURATION;
        Duration lease = parsed(whole, GoDuration::parse).orElseGet(() -> GoDuration.parse(DEFAULT_TTL));
        return ElectionTiming.of(
                lease,
                parsed(RENEW_DEADLINE, GoDuration::parse).orElse(lease.dividedBy(2)),
                parsed(RETRY_PERIOD, GoDuration::parse).orElse(lease.dividedBy(4)));
    }

    /** The URI of the backend, with the options for Kubernetes as part of it. */
    String backend() {
        choice(LOCK);
        List<Argument> forKubernetes = forKubernetes();
        Optional<BackendUri> named = parsed(BACKEND, BackendUri::parse);
        if (named.isEmpty()) {
            return withUriOptions(BackendUri.parse(defaultBackend(!forKubernetes.isEmpty())));
        }
        if (!named.get().scheme().equals(KUBERNETES) && !forKubernetes.isEmpty()) {
            throw new IllegalArgumentException(forKubernetes.get(0).source() + " is for " + KUBERNETES
                    + ": only, but the backend is " + named.get());
        }
        return withUriOptions(named.get());
    }

    /** What was given that makes sense for Kubernetes only. */
    private List<Argument> forKubernetes() {
        boolean cluster = isOn(USE_CLUSTER_CREDENTIALS);
        Optional<Argument> kubeconfig = arguments.get(KUBECONFIG);
        if (cluster && kubeconfig.isPresent()) {
            throw new IllegalArgumentException(
                    arguments.get(USE_CLUSTER_CREDENTIALS).orElseThrow().source() + " and "
                            + kubeconfig.get().source() + " are two ways to reach a cluster: give one of them");
        }
        return List.of(ELECTION_NAMESPACE, LOCK, KUBECONFIG, USE_CLUSTER_CREDENTIALS).stream()
                .filter(option -> option != USE_CLUSTER_CREDENTIALS || cluster)
                .flatMap(option -> arguments.get(option).stream())
                .toList();
    }

    private String defaultBackend(boolean forKubernetes) {
        if (forKubernetes) {
            return KUBERNETES + ":";
        }
        return surroundings.ambientBackend().get().orElseGet(() -> "file:" + encode(stateDirectory()));
    }

    /** As the XDG Base Directory Specification has it, which says that a relative path is to be ignored. */
    private String stateDirectory() {
        return Optional.ofNullable(surroundings.environment().get(Variable.XDG_STATE_HOME.name()))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .or(() -> surroundings.home().map(home -> home.resolve(".local/state")))
                .orElseThrow(() -> new IllegalArgumentException("there is no home directory to keep the election in:"
                        + " name a store by " + BACKEND.flag() + ", such as file:/var/lib/election"))
                .resolve("election")
                .toString();
    }

    private String withUriOptions(BackendUri uri) {
        StringBuilder text = new StringBuilder(uri.toString());
        for (Option option : List.of(ELECTION_NAMESPACE, LOCK, KUBECONFIG)) {
            Optional<Argument> argument = arguments.get(option);
            if (argument.isPresent()) {
                String name = URI_OPTIONS.get(option);
                if (uri.option(name).isPresent()) {
                    throw new IllegalArgumentException(argument.get().source() + " says again what the backend " + uri
                            + " says: give one of them");
                }
                text.append(text.indexOf("?") < 0 ? '?' : '&').append(name).append('=');
                text.append(encode(argument.get().value()));
            }
        }
        return text.toString();
    }

    /** Percent-encodes, but leaves paths readable. */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    /** As Go's {@code strconv.ParseBool}. */
    private static boolean yesOrNo(String text) {
        return switch (text) {
            case "true", "True", "TRUE", "t", "T", "1" -> true;
            case "false", "False", "FALSE", "f", "F", "0" -> false;
            default -> throw new IllegalArgumentException("true or false is expected; got \"" + text + "\"");
        };
    }

    /** How long a command may take that ends by itself. */
    Duration timeout() {
        Duration timeout = parsed(TIMEOUT, GoDuration::parse).orElse(DEFAULT_TIMEOUT);
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(TIMEOUT.flag() + " must be positive and at most "
                    + GoDuration.format(MAX_TIMEOUT) + ": " + GoDuration.format(timeout));
        }
        return timeout;
    }

    /** Whether to print JSON. */
    boolean json() {
        return choice(OUTPUT).filter("json"::equals).isPresent();
    }

    /** Whether a switch is given, and not as false. */
    boolean isOn(Option option) {
        return parsed(option, CommonOptions::yesOrNo).orElse(false);
    }

    /** The value of an option that takes one of a few. */
    Optional<String> choice(Option option) {
        return parsed(option, text -> {
            if (!option.choices().contains(text)) {
                throw new IllegalArgumentException(
                        "one of " + String.join(", ", option.choices()) + " is expected; got \"" + text + "\"");
            }
            return text;
        });
    }

    /** The value of an option as a parser understands it, whose error then names the option. */
    <T> Optional<T> parsed(Option option, Function<String, T> parser) {
        return arguments.get(option).map(argument -> parsed(argument, parser));
    }

    /** All values of an option that may be repeated. */
    <T> List<T> allParsed(Option option, Function<String, T> parser) {
        return arguments.all(option).stream()
                .map(argument -> parsed(argument, parser))
                .toList();
    }

    private static <T> T parsed(Argument argument, Function<String, T> parser) {
        try {
            return parser.apply(argument.value());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(argument.source() + ": " + e.getMessage(), e);
        }
    }
}
