package dev.election.http.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.election.http.command.Standing.State;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Shows who leads. */
final class StatusCommand implements Subcommand {

    private static final String NOTHING = "-";

    @Override
    public String name() {
        return "status";
    }

    @Override
    public String summary() {
        return "Shows who leads, as the store has it.";
    }

    @Override
    public String synopsis() {
        return "--election=NAME [--backend=URI] [--output=json] [OPTIONS]";
    }

    @Override
    public List<Option> options() {
        List<Option> options = new ArrayList<>(List.of(Option.ELECTION, Option.OUTPUT, Option.TIMEOUT));
        options.addAll(Option.STORE);
        return options;
    }

    @Override
    public List<String> details() {
        return List.of("It reads the record, and does not contend. If the leader's last renewal looks too old, or"
                + " clocks differ, it waits as long as the lease lasts for a sign of life. Of several elections, the"
                + " one that stands worst decides the exit code.");
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "Two elections in files",
                        "election status --election=reports,mail --backend=file:/tmp/election"),
                new Example(
                        "The name of the leader, for a script",
                        "election status --election=example --output=json | jq -r '.elections[0].leader.name'"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED, ExitCode.NOBODY_LEADS, ExitCode.NOT_KNOWN);
    }

    @Override
    public int run(Invocation invocation) throws IOException, InterruptedException {
        CommonOptions options = invocation.options();
        List<String> elections = options.elections();
        Duration timeout = options.timeout();
        boolean json = options.json();
        String uri = options.backend();
        LogLine.use(options.logLevel(LogLevel.WARN));
        Terminal terminal = invocation.terminal();
        List<Standing> standings;
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Progress waiting = Progress.of(terminal, "an answer, or a sign of life");
                ElectionBackend backend = Opening.of(uri, timeout)) {
            standings = new Inspector(backend, timeout, deadline, Inspector.SYSTEM).inspect(elections);
            waiting.end();
        } catch (TimeoutException e) {
            Instant now = Instant.now();
            standings = elections.stream()
                    .map(each -> new Standing(each, State.UNKNOWN, null, now, String.valueOf(e.getMessage())))
                    .toList();
        }
        terminal.answer(json ? json(standings) : table(standings, terminal.outStyle()));
        return standings.stream()
                .mapToInt(each -> each.state().exitCode().code())
                .max()
                .orElseThrow();
    }

    static String table(List<Standing> standings, Style style) {
        Table table = new Table(style, "ELECTION", "LEADER", "SINCE", "TOKEN", "LEASE", "RENEWED", "STATE");
        for (Standing each : standings) {
            LockRecord record = each.record();
            table.row().cell(each.election());
            if (record == null || record.isFree()) {
                table.cell(NOTHING).cell(NOTHING).cell(NOTHING).cell(NOTHING).cell(NOTHING);
            } else {
                Duration age = Duration.between(record.renewed(), each.read());
                table.cell(each.state() == State.KNOWN ? record.identity() : NOTHING, style::bold)
                        .cell(record.acquired().truncatedTo(ChronoUnit.SECONDS).toString())
                        .cell(record.isOurs() ? Long.toString(record.fencingToken()) : NOTHING)
                        .cell(GoDuration.format(record.leaseDuration()))
                        .cell(ago(age));
            }
            String remark = each.remark().isEmpty() ? "" : ": " + each.remark();
            switch (each.state()) {
                case KNOWN -> table.cell("leads" + remark, style::good);
                case NONE -> table.cell("nobody leads" + remark, style::warning);
                case UNKNOWN -> table.cell("not known" + remark, style::bad);
            }
        }
        return table.toString();
    }

    private static String ago(Duration age) {
        Duration size = age.abs();
        // Others' clocks may say anything, and a span of years beyond the millions has no number of milliseconds.
        Duration shown = size.toMinutes() > 0
                ? size.truncatedTo(ChronoUnit.SECONDS)
                : Duration.ofMillis(size.toMillis() / 100 * 100);
        return age.isNegative() ? "in " + GoDuration.format(shown) : GoDuration.format(shown) + " ago";
    }

    static String json(List<Standing> standings) {
        return Json.line(json -> {
            json.writeArrayFieldStart("elections");
            for (Standing each : standings) {
                json.writeStartObject();
                json.writeStringField("election", each.election());
                json.writeStringField("state", Json.name(each.state()));
                json.writeFieldName("leader");
                LockRecord record = each.record();
                if (each.state() == State.KNOWN && record != null) {
                    writeLeader(json, record);
                } else {
                    json.writeNull();
                }
                json.writeStringField("remark", each.remark().isEmpty() ? null : each.remark());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void writeLeader(JsonGenerator json, LockRecord record) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", record.identity());
        json.writeStringField("holder", record.holder());
        json.writeFieldName("fencingToken");
        if (record.isOurs()) {
            json.writeNumber(record.fencingToken());
        } else {
            json.writeNull();
        }
        json.writeStringField("since", record.acquired().toString());
        json.writeStringField("renewed", record.renewed().toString());
        json.writeNumberField("leaseMillis", record.leaseDuration().toMillis());
        json.writeNumberField("transitions", record.transitions());
        json.writeEndObject();
    }
}
