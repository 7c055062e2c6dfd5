package dev.election.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.election.ElectionTiming;
import dev.election.LeaderView;
import dev.election.http.RenewalLog.Renewal;
import dev.election.http.wire.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The JSON that clients get: pure functions of what is known. */
final class Answers {

    private Answers() {}

    /** {@code {"name":"a"}}, as the classic sidecar; {@code ""} when nobody leads or it is not known. */
    static Answer leader(Status status) {
        String name = status.leader() instanceof LeaderView.Known known ? known.identity() : "";
        return Answer.ok(json -> json.writeStringField("name", name));
    }

    /** {@code {"isLeader":true}}. */
    static Answer isLeader(Status status) {
        return Answer.ok(json -> json.writeBooleanField("isLeader", status.isLeading()));
    }

    /** For load balancers: 200 while a candidate of this process leads, 503 otherwise. */
    static Answer leading(Status status) {
        return status.isLeading()
                ? Answer.ok(json -> json.writeBooleanField("leading", true))
                : Answer.problem(503, "no candidate of this process leads " + status.election());
    }

    /** One election. */
    static Answer election(TrackedElection.Seen seen) {
        return new Answer(200, "application/json", bytes(seen));
    }

    /** The same, for an event. */
    static byte[] bytes(TrackedElection.Seen seen) {
        return Answer.object(json -> writeElection(json, seen));
    }

    /** All elections. */
    static Answer elections(List<TrackedElection> elections) {
        return Answer.ok(json -> {
            json.writeArrayFieldStart("elections");
            for (TrackedElection each : elections) {
                json.writeStartObject();
                writeElection(json, each.seen());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** The last changes and renewals, the oldest first. */
    static Answer history(TrackedElection election, List<Renewal> renewals) {
        ElectionTiming timing = election.seen().status().timing();
        return Answer.ok(json -> {
            json.writeStringField("election", election.name());
            json.writeArrayFieldStart("changes");
            for (TrackedElection.Change change : election.changes()) {
                json.writeStartObject();
                json.writeStringField("time", text(change.time()));
                json.writeStringField("state", state(change.leader()));
                LeaderView.Known known = change.leader() instanceof LeaderView.Known leader ? leader : null;
                json.writeStringField("leader", known == null ? null : known.identity());
                writeNumber(json, "fencingToken", known == null ? Optional.empty() : token(known));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("renewals");
            for (Renewal renewal : renewals) {
                json.writeStartObject();
                json.writeStringField("time", text(renewal.time()));
                json.writeNumberField("marginMillis", renewal.margin(timing).toMillis());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void writeElection(JsonGenerator json, TrackedElection.Seen seen) throws IOException {
        Status status = seen.status();
        json.writeStringField("election", status.election());
        json.writeNumberField("revision", seen.revision());
        json.writeStringField("state", state(status.leader()));
        json.writeFieldName("leader");
        if (status.leader() instanceof LeaderView.Known known) {
            writeLeader(json, known, seen.since());
        } else {
            json.writeNull();
        }
        json.writeArrayFieldStart("candidates");
        for (Status.Candidate candidate : status.candidates()) {
            writeCandidate(json, candidate);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("timing");
        writeMillis(json, "leaseMillis", status.timing().leaseDuration());
        writeMillis(json, "renewDeadlineMillis", status.timing().renewDeadline());
        writeMillis(json, "retryMillis", status.timing().retryPeriod());
        writeMillis(json, "stopBudgetMillis", status.timing().stopBudget());
        json.writeEndObject();
        json.writeStringField("problem", status.problem().orElse(null));
    }

    private static void writeLeader(JsonGenerator json, LeaderView.Known known, @Nullable Instant since)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", known.identity());
        writeNumber(json, "fencingToken", token(known));
        json.writeStringField("since", since == null ? null : text(since));
        writeMillis(json, "ageMillis", known.age());
        json.writeEndObject();
    }

    private static void writeCandidate(JsonGenerator json, Status.Candidate candidate) throws IOException {
        Optional<Status.Term> term = candidate.term();
        json.writeStartObject();
        json.writeStringField("name", candidate.name());
        json.writeBooleanField("leading", term.isPresent());
        writeNumber(json, "fencingToken", term.map(Status.Term::fencingToken));
        writeNumber(json, "remainingMillis", term.map(each -> each.remaining().toMillis()));
        json.writeEndObject();
    }

    private static String state(LeaderView view) {
        if (view instanceof LeaderView.Known) {
            return "known";
        }
        return view instanceof LeaderView.None ? "none" : "unknown";
    }

    private static Optional<Long> token(LeaderView.Known known) {
        OptionalLong token = known.fencingToken();
        return token.isPresent() ? Optional.of(token.getAsLong()) : Optional.empty();
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static void writeMillis(JsonGenerator json, String name, Duration duration) throws IOException {
        json.writeNumberField(name, duration.toMillis());
    }

    private static void writeNumber(JsonGenerator json, String name, Optional<Long> number) throws IOException {
        json.writeFieldName(name);
        if (number.isPresent()) {
            json.writeNumber(number.get());
        } else {
            json.writeNull();
        }
    }
}
