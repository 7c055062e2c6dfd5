package com.example.election.jdbc;

import dev.election.spi.*;
import dev.election.spi.CasOutcome.*;
import java.sql.*;
import java.time.Duration;
import java.util.Set;

/** Keeps each record in a row of the table {@code election}. A row without a record is a place for one. */
record JdbcBackend(Database db) implements ElectionBackend {
    private static final String READ = "SELECT revision, record FROM election WHERE name = ? AND record IS NOT NULL";
    private static final String ADD_PLACE = "INSERT INTO election (name) VALUES (?)";
    private static final String WRITE = "UPDATE election SET revision = DEFAULT, record = ? WHERE name = ? AND ";
    private static final String DELETE = "DELETE FROM election WHERE name = ? AND record IS NOT NULL";

    /** A revision is never given out twice (S4). The text counts as well, as somebody may have edited only that. */
    private record Row(long revision, String text) implements Version {}

    @Override
    public Set<Capability> capabilities() {
        return db.isServer() ? Set.of(Capability.DELETE, Capability.SEVERAL_PROCESSES) : Set.of(Capability.DELETE);
    }

    @Override
    public Snapshot read(String election, Duration timeout) throws BackendException, InterruptedException {
        Version found = db.send(READ, JdbcBackend::row, null, Database.deadline(timeout), election);
        try {
            return found instanceof Row r ? new Snapshot(LockRecordJson.parse(r.text).record(), r) : Snapshot.ABSENT;
        } catch (IllegalArgumentException e) {
            throw BackendException.unreadable("the row " + election + " of election is no lock record: "
                    + e.getMessage() + ". It counts as held by someone unknown; delete it when nobody leads", e);
        }
    }

    @Override
    public CasOutcome compareAndSet(String election, Version expected, LockRecord next, Duration timeout)
            throws BackendException, InterruptedException {
        long deadline = Database.deadline(timeout);
        if (expected instanceof Row row) {
            String text = LockRecordJson.parse(row.text).with(next).toJson(); // keeps the fields we do not know (S8)
            return write("revision = ? AND record = ?", next, text, deadline, text, election, row.revision, row.text);
        }
        if (!next.isFree()) {
            throw new IllegalArgumentException("a missing record is created free, not held by " + next.holder());
        }
        db.send(ADD_PLACE, PreparedStatement::executeUpdate, null, deadline, election);
        String text = LockRecordJson.of(next).toJson();
        return write("record IS NULL", next, text, deadline, text, election);
    }

    private CasOutcome write(String condition, LockRecord next, String text, long deadline, Object... parameters)
            throws BackendException, InterruptedException {
        Database.Work<CasOutcome> update = statement -> {
            statement.executeUpdate();
            try (ResultSet keys = statement.getGeneratedKeys()) {
                Row row = keys.next() ? new Row(keys.getLong(1), text) : null;
                return row != null ? new Applied(new Snapshot(next, row)) : new Conflict(null);
            }
        };
        return db.send(WRITE + condition, update, Unknown::new, deadline, parameters);
    }

    @Override
    public boolean delete(String election, Duration timeout) throws BackendException, InterruptedException {
        return db.send(DELETE, PreparedStatement::executeUpdate, null, Database.deadline(timeout), election) > 0;
    }

    @Override
    public void close() {
        db.close();
    }

    private static Version row(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() ? new Row(rows.getLong(1), rows.getString(2)) : Version.ABSENT;
        }
    }
}
