package com.example.election.jdbc;

import dev.election.spi.BackendException;
import java.io.StringReader;
import java.nio.file.*;
import java.sql.*;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** Sends statements: each once, in time, and on a thread of its own, as drivers mishear interrupts and timeouts. */
final class Database {
    interface Work<T> {
        T on(PreparedStatement statement) throws SQLException;
    }

    /** Never a standby, which lags behind (S3). And what was given up ends by itself, here and in the server. */
    private static final Map<String, String> POSTGRESQL =
            Map.of("targetServerType", "primary", "socketTimeout", "10", "options", "-c statement_timeout=10s");

    /** A commit is written before it is acknowledged, and no query gets an earlier one's result (S3). */
    private static final Map<String, String> H2 = Map.of("WRITE_DELAY", "0", "OPTIMIZE_REUSE_RESULTS", "0");

    private final String url;
    private final Optional<String> settings;
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "election-jdbc");
        thread.setDaemon(true);
        return thread;
    });

    Database(String url, Optional<String> settings) {
        this.url = url;
        this.settings = settings;
    }

    boolean isServer() {
        return url.startsWith("jdbc:postgresql:");
    }

    static long deadline(Duration timeout) {
        return System.nanoTime() + timeout.toNanos();
    }

    /** Gives {@code lost} when a statement's answer is lost; where that is null, it does not matter what was done. */
    <T> T send(String sql, Work<T> work, Function<Throwable, T> lost, long deadline, Object... parameters)
            throws BackendException, InterruptedException {
        AtomicBoolean decided = new AtomicBoolean(); // by the first: the sender, or the caller that gives up (S6)
        try {
            Future<T> answer = threads.submit(() -> {
                Connection kept = idle.poll();
                Connection connection = kept != null && kept.isValid(1) ? kept : connect();
                boolean usable = false;
                try (PreparedStatement statement = connection.prepareStatement(sql, new String[] {"revision"})) {
                    for (int i = 0; i < parameters.length; i++) {
                        statement.setObject(i + 1, parameters[i]);
                    }
                    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    connection.setNetworkTimeout(threads, (int) Math.max(left, 1));
                    if (left <= 0 || decided.getAndSet(true)) {
                        throw new SQLTimeoutException("there was no connection in time");
                    }
                    T result = work.on(statement);
                    usable = true;
                    return result;
                } finally {
                    idle.add(connection);
                    if (!usable || threads.isShutdown()) {
                        closeIdle(); // what broke one may have broken all
                    }
                }
            });
            return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return failed(e, decided.getAndSet(true), lost);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(url + " is closed", e);
        }
    }

    private <T> T failed(Exception failure, boolean sent, Function<Throwable, T> lost) throws BackendException {
        Throwable cause = failure instanceof ExecutionException ? failure.getCause() : failure;
        String state = cause instanceof SQLException e ? String.valueOf(e.getSQLState()) : "";
        String message = url + ": " + cause;
        if (state.equals("23505")) {
            return null; // somebody was faster to add a place
        } else if (state.matches("28...|42501|90096")) {
            throw BackendException.denied(message, cause);
        } else if (state.matches("(0A|22|23|42)...")) {
            throw BackendException.refused(message, cause);
        } else if (!sent || lost == null || state.matches("25...|40001|40P01")) {
            throw BackendException.transientFailure(message, cause);
        }
        return lost.apply(cause);
    }

    private Connection connect() throws Exception {
        Properties all = new Properties();
        all.putAll(isServer() ? POSTGRESQL : H2);
        if (settings.isPresent()) {
            all.load(new StringReader(Files.readString(Path.of(settings.get()))));
        }
        return DriverManager.getConnection(url, all);
    }

    void close() {
        threads.shutdown();
        closeIdle();
    }

    private void closeIdle() {
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            try {
                connection.close();
            } catch (SQLException e) {
                // it is gone, which was wanted
            }
        }
    }
}
