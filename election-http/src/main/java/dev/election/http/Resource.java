package dev.election.http;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be asked for, by its path. */
enum Resource {
    LEADER("/", Answers::leader),
    IS_LEADER("/isLeader", Answers::isLeader),
    DETAILS("/v1/leader", Answers::details),
    HEALTH("/healthz", Answers::health);

    /** All paths, for people. */
    static final String PATHS = Arrays.stream(values()).map(each -> each.path).collect(Collectors.joining(", "));

    private final String path;
    private final Function<Status, Answer> answer;

    Resource(String path, Function<Status, Answer> answer) {
        this.path = path;
        this.answer = answer;
    }

    /** The resource of this very path; null when there is none. */
    static @Nullable Resource at(@Nullable String path) {
        for (Resource each : values()) {
            if (each.path.equals(path)) {
                return each;
            }
        }
        return null;
    }

    Answer answer(Status status) {
        return answer.apply(status);
    }
}
