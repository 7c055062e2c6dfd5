package dev.election.http;

import dev.election.http.wire.Answer;
import dev.election.http.wire.Exchange;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up leadership because a client asked for it.
 *
 * @param resign gives up one election, with all its candidates here; completes with whether the lock is free. Null if
 *     that is not allowed
 */
record Resignations(@Nullable Function<String, CompletableFuture<Boolean>> resign) {

    private static final Logger log = LoggerFactory.getLogger(Resignations.class);

    boolean areAllowed() {
        return resign != null;
    }

    /** Answers when the lock is free, or was not given up within its bound. */
    void resign(Exchange exchange, String election) {
        if (resign == null || !exchange.hold(() -> {})) {
            return;
        }
        log.info("{}: a client asks to resign", election);
        resign.apply(election).whenComplete((released, failure) -> {
            if (failure != null) {
                log.error("{}: could not resign", election, failure);
            }
            Answer answer = failure == null
                    ? Answer.ok(json -> json.writeBooleanField("released", released))
                    : Answer.problem(500, "this is a bug; the log says more");
            exchange.execute(() -> exchange.answer(answer));
        });
    }
}
