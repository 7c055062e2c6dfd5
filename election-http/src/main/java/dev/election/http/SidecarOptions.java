package dev.election.http;

import static dev.election.http.SidecarOption.BACKEND;
import static dev.election.http.SidecarOption.ELECTION;
import static dev.election.http.SidecarOption.ELECTION_NAMESPACE;
import static dev.election.http.SidecarOption.HTTP;
import static dev.election.http.SidecarOption.ID;
import static dev.election.http.SidecarOption.KUBECONFIG;
import static dev.election.http.SidecarOption.LEASE_DURATION;
import static dev.election.http.SidecarOption.LOCK;
import static dev.election.http.SidecarOption.LOG_LEVEL;
import static dev.election.http.SidecarOption.RENEW_DEADLINE;
import static dev.election.http.SidecarOption.RETRY_PERIOD;
import static dev.election.http.SidecarOption.TTL;
import static dev.election.http.SidecarOption.USE_CLUSTER_CREDENTIALS;

import dev.election.ElectionTiming;
import dev.election.http.Arguments.Argument;
import dev.election.spi.BackendUri;
import dev.election.spi.Names;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the sidecar is to do: checked, complete, and made from flags, environment and surroundings without any I/O.
 *
 * @param identity the candidate's own
 * @param backend the backend's URI
 * @param http where to answer; empty for nowhere
 */
record SidecarOptions(
        String election,
        String identity,
        String backend,
        ElectionTiming timing,
        Optional<HttpAddress> http,
        LogLevel logLevel) {

    private static final String DEFAULT_TTL = "10s";

    private static final String KUBERNETES = "kubernetes";

    private static final List<String> LOCK_KINDS = List.of("lease", "endpoints");

    /** Which option of a {@code kubernetes:} URI each of these becomes. */
    private static final Map<SidecarOption, String> URI_OPTIONS =
            Map.of(ELECTION_NAMESPACE, "namespace", LOCK, "lock", KUBECONFIG, "kubeconfig");

    /**
     * Understands what the user gave.
     *
     * @throws IllegalArgumentException for wrong use, saying which option is wrong and what was expected
     */
    static SidecarOptions of(Arguments arguments, Surroundings surroundings) {
        return new SidecarOptions(
                election(arguments),
                identity(arguments, surroundings),
                backend(arguments, surroundings),
                timing(arguments),
                parsed(arguments, HTTP, HttpAddress::parse),
                parsed(arguments, LOG_LEVEL, LogLevel::parse).orElse(LogLevel.INFO));
    }

    private static String election(Arguments arguments) {
        return parsed(arguments, ELECTION, Names::requireElection)
                .orElseThrow(() -> new IllegalArgumentException("the name of the election is missing: "
                        + ELECTION.flag() + "=" + ELECTION.valueLabel() + " or " + ELECTION.variable()));
    }

    private static String identity(Arguments arguments, Surroundings surroundings) {
        return parsed(arguments, ID, Names::requireIdentity)
                .or(() -> surroundings.hostName().get().map(Names::requireIdentity))
                .orElseThrow(() -> new IllegalArgumentException(
                        "this machine has no host name to serve as identity: give one by " + ID.flag()));
    }

    private static ElectionTiming timing(Arguments arguments) {
        Optional<Argument> ttl = arguments.get(TTL);
        List<String> single = List.of(LEASE_DURATION, RENEW_DEADLINE, RETRY_PERIOD).stream()
                .flatMap(option -> arguments.get(option).map(Argument::source).stream())
                .toList();
        if (ttl.isPresent() && !single.isEmpty()) {
            throw new IllegalArgumentException(ttl.get().source()
                    + " sets all times at once, so it does not go together with " + String.join(", ", single));
        }
        SidecarOption whole = ttl.isPresent() ? TTL : LEASE_DURATION;
        Duration lease = parsed(arguments, whole, GoDuration::parse).orElseGet(() -> GoDuration.parse(DEFAULT_TTL));
        return ElectionTiming.of(
                lease,
                parsed(arguments, RENEW_DEADLINE, GoDuration::parse).orElse(lease.dividedBy(2)),
                parsed(arguments, RETRY_PERIOD, GoDuration::parse).orElse(lease.dividedBy(4)));
    }

    private static String backend(Arguments arguments, Surroundings surroundings) {
        parsed(arguments, LOCK, SidecarOptions::lockKind);
        List<Argument> forKubernetes = forKubernetes(arguments);
        Optional<BackendUri> named = parsed(arguments, BACKEND, BackendUri::parse);
        if (named.isEmpty()) {
            return withUriOptions(BackendUri.parse(defaultBackend(!forKubernetes.isEmpty(), surroundings)), arguments);
        }
        if (!named.get().scheme().equals(KUBERNETES) && !forKubernetes.isEmpty()) {
            throw new IllegalArgumentException(forKubernetes.get(0).source() + " is for " + KUBERNETES
                    + ": only, but the backend is " + named.get());
        }
        return withUriOptions(named.get(), arguments);
    }

    /** What was given that makes sense for Kubernetes only. */
    private static List<Argument> forKubernetes(Arguments arguments) {
        boolean cluster = parsed(arguments, USE_CLUSTER_CREDENTIALS, SidecarOptions::yesOrNo)
                .orElse(false);
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

    private static String defaultBackend(boolean forKubernetes, Surroundings surroundings) {
        if (forKubernetes) {
            return KUBERNETES + ":";
        }
        return surroundings.ambientBackend().get().orElseGet(() -> "file:" + encode(stateDirectory(surroundings)));
    }

    /** As the XDG Base Directory Specification has it, which says that a relative path is to be ignored. */
    private static String stateDirectory(Surroundings surroundings) {
        return Optional.ofNullable(surroundings.environment().get("XDG_STATE_HOME"))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .or(() -> surroundings.home().map(home -> home.resolve(".local/state")))
                .orElseThrow(() -> new IllegalArgumentException("there is no home directory to keep the election in:"
                        + " name a store by " + BACKEND.flag() + ", such as file:/var/lib/election"))
                .resolve("election")
                .toString();
    }

    private static String withUriOptions(BackendUri uri, Arguments arguments) {
        StringBuilder text = new StringBuilder(uri.toString());
        for (SidecarOption option : List.of(ELECTION_NAMESPACE, LOCK, KUBECONFIG)) {
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

    private static String lockKind(String text) {
        if (!LOCK_KINDS.contains(text)) {
            throw new IllegalArgumentException(
                    "one of " + String.join(", ", LOCK_KINDS) + " is expected; got \"" + text + "\"");
        }
        return text;
    }

    private static <T> Optional<T> parsed(Arguments arguments, SidecarOption option, Function<String, T> parser) {
        return arguments.get(option).map(argument -> {
            try {
                return parser.apply(argument.value());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(argument.source() + ": " + e.getMessage(), e);
            }
        });
    }
}
