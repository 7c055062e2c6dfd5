package dev.election.http;

import dev.election.http.SidecarOption.Group;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of the sidecar.
 *
 * <p>Flags are taken as Go's flag packages take them, which the classic sidecar was called with: {@code --flag=value},
 * {@code --flag value}, with one dash or two, the last of several.
 */
final class SidecarCommand {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;

    private static final String NAME = "election";

    /** Runs a sidecar until it is told to end. */
    @FunctionalInterface
    interface Runner {
        /**
         * @throws IllegalArgumentException for wrong use that shows only now, such as an unknown backend
         * @throws IOException when it cannot be started
         */
        void run(SidecarOptions options) throws IOException, InterruptedException;
    }

    private final Surroundings surroundings;
    private final Runner runner;
    private final PrintStream out;
    private final PrintStream err;

    SidecarCommand(Surroundings surroundings, Runner runner, PrintStream out, PrintStream err) {
        this.surroundings = surroundings;
        this.runner = runner;
        this.out = out;
        this.err = err;
    }

    /** Does what the arguments say, and returns the exit code. */
    int execute(String... arguments) throws InterruptedException {
        CommandLine commandLine = commandLine();
        try {
            ParseResult parsed = commandLine.parseArgs(withTwoDashes(arguments, commandLine.getCommandSpec()));
            if (parsed.isUsageHelpRequested()) {
                commandLine.usage(out, Ansi.OFF);
                return OK;
            }
            if (parsed.isVersionHelpRequested()) {
                out.println(version());
                return OK;
            }
            runner.run(SidecarOptions.of(new Arguments(flags(parsed), surroundings.environment()), surroundings));
            return OK;
        } catch (ParameterException e) {
            return wrongUse(explain(e));
        } catch (IllegalArgumentException e) {
            return wrongUse(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            err.println(NAME + ": " + oneLine(String.valueOf(e.getMessage())));
            return FAILED;
        }
    }

    /** The name and version of this program. */
    static String version() {
        String version = SidecarCommand.class.getPackage().getImplementationVersion();
        return NAME + " " + (version == null ? "(development)" : version);
    }

    private int wrongUse(String message) {
        err.println(NAME + ": " + oneLine(message));
        err.println("For all options with examples: " + NAME + " --help");
        return WRONG_USE;
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\p{Cntrl}", "?");
    }

    /** Go takes {@code -id} for {@code --id}; as names of their own, these would fill the help text. */
    private static String[] withTwoDashes(String[] arguments, CommandSpec spec) {
        return Arrays.stream(arguments)
                .map(each -> spec.optionsMap().containsKey("-" + each.split("=", 2)[0]) ? "-" + each : each)
                .toArray(String[]::new);
    }

    private static Map<SidecarOption, String> flags(ParseResult parsed) {
        Map<SidecarOption, String> flags = new EnumMap<>(SidecarOption.class);
        for (SidecarOption option : SidecarOption.values()) {
            if (parsed.hasMatchedOption(option.flag())) {
                flags.put(option, parsed.matchedOptionValue(option.flag(), ""));
            }
        }
        return flags;
    }

    /** Picocli's messages name its own concepts; ours say what to write. */
    private static String explain(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            String argument = unmatched.getUnmatched().get(0);
            if (!argument.startsWith("-")) {
                return "unexpected argument \"" + argument + "\": options are written --name=value";
            }
            Optional<String> similar = unmatched.getSuggestions().stream()
                    .filter(suggestion -> suggestion.startsWith("--"))
                    .findFirst();
            return "unknown option \"" + argument + "\""
                    + similar.map(name -> "; did you mean " + name + "?").orElse("");
        }
        if (e instanceof MissingParameterException missing
                && missing.getMissing().get(0) instanceof OptionSpec option) {
            return option.longestName() + " needs a value: " + option.longestName() + "=" + option.paramLabel();
        }
        return String.valueOf(e.getMessage());
    }

    private static CommandLine commandLine() {
        CommandSpec spec = CommandSpec.create().name(NAME).version(version());
        spec.usageMessage()
                .width(100)
                .sortOptions(false)
                .abbreviateSynopsis(true)
                .header("Elects one leader among many candidates, and answers over HTTP who it is.", "")
                .customSynopsis(NAME + " --election=NAME [--http=HOST:PORT] [--backend=URI] [OPTIONS]")
                .footer(
                        "",
                        "Each option can also be given by the environment variable in brackets; the flag wins.",
                        "",
                        "Over HTTP:",
                        "  GET /           {\"name\":\"a\"}, the leader; \"\" when nobody leads or it is not known",
                        "  GET /isLeader   {\"isLeader\":true}",
                        "  GET /v1/leader  all that is known, with the fencing token",
                        "  GET /healthz    200, or 503 with what keeps the election from doing its work",
                        "",
                        "Examples:",
                        "  A sidecar in a pod, asked by the program beside it at http://localhost:4040/",
                        "    " + NAME + " --election=example --http=localhost:4040",
                        "  Three candidates on one machine, each in its own terminal:",
                        "    " + NAME + " --election=example --id=a --http=localhost:4041 --backend=file:/tmp/election",
                        "    " + NAME + " --election=example --id=b --http=localhost:4042 --backend=file:/tmp/election",
                        "    " + NAME + " --election=example --id=c --http=localhost:4043 --backend=file:/tmp/election",
                        "  Beside classic leader-electors, which lock by an annotation on Endpoints:",
                        "    " + NAME + " --election=example --http=localhost:4040 --lock=endpoints",
                        "",
                        "SIGTERM and SIGINT give the leadership up, so that another leads at once. Exit codes: 0 after",
                        "these, 1 when it could not start or stop, 2 for wrong use.");
        for (Group group : Group.values()) {
            ArgGroupSpec.Builder options =
                    ArgGroupSpec.builder().validate(false).heading("%n" + group.heading() + ":%n");
            for (SidecarOption option : SidecarOption.values()) {
                if (option.group() == group) {
                    options.addArg(optionSpec(option));
                }
            }
            if (group == Group.ELECTION) {
                options.addArg(OptionSpec.builder("--help", "-h")
                        .usageHelp(true)
                        .description("Shows this.")
                        .build());
                options.addArg(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Shows the version.")
                        .build());
            }
            spec.addArgGroup(options.build());
        }
        return new CommandLine(spec)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setOverwrittenOptionsAllowed(true)
                .setUsageHelpLongOptionsMaxWidth(34);
    }

    private static OptionSpec optionSpec(SidecarOption option) {
        OptionSpec.Builder spec = OptionSpec.builder(option.flag())
                .type(String.class)
                .paramLabel(option.valueLabel())
                .description(option.description() + " [" + option.variable() + "]");
        return option.isSwitch()
                ? spec.arity("0..1").fallbackValue("true").build()
                : spec.arity("1").build();
    }
}
