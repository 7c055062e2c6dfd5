package dev.election.tck.wrong;

import dev.election.tck.StoreFaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What lies between views and their store. Thread-safe. */
final class Network implements StoreFaults {

    /** The request did not leave the client. */
    static final class NotSentException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** The request left, and no answer came. */
    static final class UnansweredException extends Exception {
        private static final long serialVersionUID = 1L;

        UnansweredException(String message) {
            super(message);
        }
    }

    private enum State {
        FINE,
        FROZEN,
        SWALLOWING,
        CUT
    }

    /** Requests and answers of one view. */
    final class Connection {

        private final Set<CompletableFuture<Object>> waiting = ConcurrentHashMap.newKeySet();

        /** Carries a request to the store and waits for its answer; throws what the store threw. */
        <T> T call(Callable<T> request, Duration timeout) throws Exception {
            CompletableFuture<Object> answer = new CompletableFuture<>();
            waiting.add(answer);
            try {
                send(request, answer);
                @SuppressWarnings("unchecked") // it is the answer to this request
                T answered = (T) answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
                return answered;
            } catch (TimeoutException e) {
                throw new UnansweredException("no answer within " + timeout);
            } catch (ExecutionException e) {
                throw (Exception) e.getCause();
            } finally {
                waiting.remove(answer);
            }
        }

        void breakOff(String why) {
            waiting.forEach(answer -> answer.completeExceptionally(new UnansweredException(why)));
        }
    }

    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final List<Runnable> healed = new CopyOnWriteArrayList<>();
    private final List<Runnable> held = new ArrayList<>(); // guarded by this
    private volatile State state = State.FINE;

    Connection connect() {
        Connection connection = new Connection();
        connections.add(connection);
        return connection;
    }

    /** Has something done each time when faults have ended. */
    void whenHealed(Runnable action) {
        healed.add(action);
    }

    void forget(Runnable action) {
        healed.remove(action);
    }

    boolean isFine() {
        return state == State.FINE;
    }

    private void send(Callable<?> request, CompletableFuture<Object> answer) throws NotSentException {
        State now;
        synchronized (this) {
            now = state;
            if (now == State.CUT) {
                throw new NotSentException();
            }
            if (now == State.FROZEN) {
                held.add(() -> carryOut(request, answer));
                return;
            }
        }
        carryOut(request, now == State.SWALLOWING ? new CompletableFuture<>() : answer);
    }

    private static void carryOut(Callable<?> request, CompletableFuture<Object> answer) {
        try {
            answer.complete(request.call());
        } catch (Exception e) {
            answer.completeExceptionally(e);
        }
    }

    @Override
    public synchronized void freeze() {
        state = State.FROZEN;
    }

    @Override
    public synchronized void swallowAnswers() {
        state = State.SWALLOWING;
    }

    @Override
    public synchronized void cut() {
        state = State.CUT;
        held.clear();
        connections.forEach(connection -> connection.breakOff("connection lost"));
    }

    @Override
    public void heal() {
        List<Runnable> late;
        synchronized (this) {
            state = State.FINE;
            late = new ArrayList<>(held);
            held.clear();
        }
        late.forEach(Runnable::run);
        healed.forEach(Runnable::run);
    }
}
