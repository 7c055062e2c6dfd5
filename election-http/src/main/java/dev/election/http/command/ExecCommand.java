package dev.election.http.command;

import dev.election.http.exec.CommandWords;
import dev.election.http.exec.LeaderCommand;
import dev.election.http.exec.Requirements;
import dev.election.http.exec.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a command only while leading. */
final class ExecCommand implements Subcommand {

    private static final Logger log = LoggerFactory.getLogger(ExecCommand.class);

    /** What the command finds in its environment besides {@link LeaderCommand#TOKEN_VARIABLE}. */
    static final String NAME_VARIABLE = "ELECTION_NAME";

    static final String IDENTITY_VARIABLE = "ELECTION_IDENTITY";
    static final String URL_VARIABLE = "ELECTION_URL";

    /** Together with what giving up takes, within the 10 s that docker stop waits. */
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(8);

    /** For killing, and for the store to take the release. */
    private static final Duration GIVING_UP = Duration.ofSeconds(5);

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public String summary() {
        return "Runs a command only while leading.";
    }

    @Override
    public String synopsis() {
        return "--election=NAME [OPTIONS] -- COMMAND [ARGUMENT...]";
    }

    @Override
    public List<Option> options() {
        List<Option> options = new ArrayList<>(List.of(Option.ELECTION, Option.ID, Option.ONCE, Option.GRACE));
        options.addAll(ServerOptions.OPTIONS);
        options.addAll(Option.STORE);
        options.addAll(Option.TIMES);
        return options;
    }

    @Override
    public Operands operands() {
        return Operands.COMMAND_LINE;
    }

    @Override
    public List<String> details() {
        return List.of(
                "The command is started when this candidate leads, and all its processes are stopped before another can"
                        + " lead: by SIGTERM, then by SIGKILL in the time that is left; also when this process is killed or"
                        + " stopped. When the command ends by itself, the leadership is given up, and this candidate stands"
                        + " back for a lease, or until another one has led.",
                "The command finds in its environment:",
                "  " + NAME_VARIABLE + "           the election",
                "  " + IDENTITY_VARIABLE + "       this candidate",
                "  " + LeaderCommand.TOKEN_VARIABLE + "  a number that grows with every term, for resources to compare",
                "  " + URL_VARIABLE + "            where to ask for more, with --http",
                "",
                "SIGTERM, SIGINT and SIGHUP are passed on to the command, and end this process once it has ended; SIGUSR1,"
                        + " SIGUSR2 and SIGWINCH are passed on.",
                "The exit code is that of the command: with --once, and after a signal if the command was running then.");
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "A program that must not run twice; on each of several machines",
                        "election exec --election=reports --backend=etcd://etcd:2379/election -- ./reports --all"),
                new Example(
                        "A nightly job on one of several machines",
                        "election exec --once --election=backup --backend=etcd://etcd:2379/election -- ./backup.sh"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(
                ExitCode.FAILED,
                ExitCode.NOT_RUN,
                ExitCode.NOT_EXECUTABLE,
                ExitCode.NOT_FOUND,
                ExitCode.ENDED_BY_SIGNAL);
    }

    @Override
    public int run(Invocation invocation) throws IOException, InterruptedException {
        RunOptions options = RunOptions.of(invocation.options());
        AtomicReference<String> url = new AtomicReference<>("");
        LeaderCommand command = command(invocation, options, url);
        Optional<ExitCode> refused = refused(invocation);
        if (refused.isPresent()) {
            return refused.get().code();
        }
        Requirements.check(invocation.surroundings().environment());
        LogLine.use(options.logLevel());
        Sidecar sidecar =
                Sidecar.open(options, candidate -> candidate.task(command).listener(command));
        sidecar.addresses().stream().findFirst().map(sidecar::url).ifPresent(url::set);
        return run(command, sidecar, grace(invocation).plus(GIVING_UP));
    }

    private static LeaderCommand command(Invocation invocation, RunOptions options, AtomicReference<String> url) {
        String election = only(Option.ELECTION, options.elections());
        String identity = only(Option.ID, options.identities());
        List<String> words = invocation.operands();
        if (words.isEmpty()) {
            throw new IllegalArgumentException(
                    "the command is missing: election exec --election=" + election + " -- COMMAND [ARGUMENT...]");
        }
        if (words.get(0).isEmpty()
                || words.get(0).startsWith("-")
                || words.get(0).contains("=")) {
            throw new IllegalArgumentException("the name of a command neither begins with - nor contains =; got \""
                    + words.get(0) + "\"; a path such as ./" + words.get(0) + " or a link helps");
        }
        return new LeaderCommand(new LeaderCommand.Plan(
                CommandWords.of(words),
                () -> {
                    Map<String, String> environment = new HashMap<>();
                    environment.put(NAME_VARIABLE, election);
                    environment.put(IDENTITY_VARIABLE, identity);
                    environment.put(URL_VARIABLE, url.get());
                    return environment;
                },
                options.timing(),
                grace(invocation),
                invocation.options().isOn(Option.ONCE)));
    }

    private static Duration grace(Invocation invocation) {
        Duration grace =
                invocation.options().parsed(Option.GRACE, GoDuration::parse).orElse(DEFAULT_GRACE);
        if (grace.isNegative()) {
            throw new IllegalArgumentException("--grace must not be negative; got " + GoDuration.format(grace));
        }
        return grace;
    }

    private static String only(Option option, List<String> values) {
        if (values.size() > 1) {
            throw new IllegalArgumentException(
                    "exec takes one " + option.flag() + "; got " + String.join(" and ", values));
        }
        return values.get(0);
    }

    /** What a shell would say of a command that cannot be run, before it is contended for. */
    private static Optional<ExitCode> refused(Invocation invocation) {
        if (!CommandWords.of(invocation.operands()).isNameKnown()) {
            return Optional.empty(); // nor can the JVM look for it; the shell that starts it will
        }
        String name = invocation.operands().get(0);
        Optional<Path> file = Requirements.find(name, invocation.surroundings().environment());
        if (file.isEmpty()) {
            invocation.terminal().err().println("election: there is no command \"" + name + "\"");
            return Optional.of(ExitCode.NOT_FOUND);
        }
        if (Files.isDirectory(file.get()) || !Files.isExecutable(file.get())) {
            invocation.terminal().err().println("election: " + file.get() + " is not executable");
            return Optional.of(ExitCode.NOT_EXECUTABLE);
        }
        return Optional.empty();
    }

    private static int run(LeaderCommand command, Sidecar sidecar, Duration stopLimit) throws InterruptedException {
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        Signals.ENDING.forEach((signal, number) -> Signals.handle(signal, name -> {
            log.info("got SIG{}", name);
            command.stopBy(name);
            ended.complete(ExitCode.ENDED_BY_SIGNAL.code() + number);
        }));
        Signals.FOR_PROGRAMS.forEach(signal -> Signals.handle(signal, command::forward));
        command.done().thenAccept(ended::complete);
        // Where signals cannot be handled, at least nothing is left behind.
        AtomicBoolean closing = new AtomicBoolean();
        Thread atShutdown = new Thread(
                () -> {
                    if (closing.compareAndSet(false, true)) {
                        closeWithin(stopLimit, sidecar, command);
                    }
                },
                "election-shutdown");
        Runtime.getRuntime().addShutdownHook(atShutdown);
        sidecar.contend();
        int unlessItRan = ended.join();
        // When that takes too long, it is not to take as long once more at the end of the process.
        if (closing.compareAndSet(false, true) && !closeWithin(stopLimit, sidecar, command)) {
            log.error("could not give up in {}; the lease runs out by itself", GoDuration.format(stopLimit));
            return ExitCode.FAILED.code();
        }
        return command.exitCode().orElse(unlessItRan);
    }

    /** Ends the command and gives up; when done already, at once. */
    private static boolean closeWithin(Duration limit, Sidecar sidecar, LeaderCommand command) {
        command.startNoMore();
        Thread closing = new Thread(sidecar::close, "election-close");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !closing.isAlive();
    }
}
