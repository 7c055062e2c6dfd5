package com.example.election.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of failures that only a server has. */
@EnabledIfSystemProperty(named = "postgres.port", matches = "\\d+")
class PostgresTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String election = "election-" + UUID.randomUUID();

    @Test
    void aWrongPasswordIsDenied(@TempDir Path directory) throws Exception {
        Path settings = Files.writeString(directory.resolve("settings"), "user=election\npassword=wrong\n");
        String uri = "jdbc:postgresql://127.0.0.1:" + Postgres.PORT + "/postgres?settings=" + settings;
        try (ElectionBackend backend = ElectionBackend.open(uri)) {
            BackendException e = assertThrows(BackendException.class, () -> backend.read(election, TIMEOUT));
            assertEquals(BackendException.Kind.DENIED, e.kind());
        }
    }

    @Test
    void aWriteThatWaitsForSomebodysLockIsUnknown() throws Exception {
        Table table = Postgres.table();
        table.create();
        try (ElectionBackend backend = ElectionBackend.open(Postgres.uri(Postgres.PORT))) {
            CasOutcome created = backend.compareAndSet(election, Version.ABSENT, free(), TIMEOUT);
            Version version = assertInstanceOf(CasOutcome.Applied.class, created).current().version();
            try (Connection somebody = table.connect();
                    PreparedStatement lock =
                            somebody.prepareStatement("SELECT * FROM election WHERE name = ? FOR UPDATE")) {
                somebody.setAutoCommit(false);
                lock.setString(1, election);
                lock.execute();
                CasOutcome outcome = backend.compareAndSet(election, version, free(), Duration.ofSeconds(1));
                assertInstanceOf(CasOutcome.Unknown.class, outcome);
            }
            backend.delete(election, TIMEOUT);
        }
    }

    private static LockRecord free() {
        String attempt = UUID.randomUUID().toString();
        return new LockRecord("", Duration.ofSeconds(1), Instant.now(), Instant.now(), 0, 0, attempt);
    }
}
