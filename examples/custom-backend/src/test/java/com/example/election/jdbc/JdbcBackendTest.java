package com.example.election.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.election.spi.BackendException;
import dev.election.spi.CasOutcome;
import dev.election.spi.ElectionBackend;
import dev.election.spi.LockRecord;
import dev.election.spi.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is this backend's own, beyond the rules that the kit tests. On H2. */
class JdbcBackendTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private Table table;
    private ElectionBackend backend;

    @BeforeEach
    void open() {
        String url = "jdbc:h2:file:" + directory.resolve("election");
        table = new Table(url, new Properties());
        backend = ElectionBackend.open(url);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void revisionsGrowOverARowDeletedByHand() throws Exception {
        table.create();
        long before = create().revision();
        assertEquals(1, table.execute("DELETE FROM election WHERE name = ?", "example"));
        assertTrue(create().revision() > before);
    }

    @Test
    void aRecordEditedByHandWithoutANewRevisionIsNotOverwritten() throws Exception {
        table.create();
        Version read = create();
        assertEquals(1, table.execute("UPDATE election SET record = ? WHERE name = ?", "{}", "example"));
        assertInstanceOf(CasOutcome.Conflict.class, backend.compareAndSet("example", read, free(), TIMEOUT));
    }

    @Test
    void aMissingTableIsNamed() {
        BackendException e = assertThrows(BackendException.class, () -> backend.read("example", TIMEOUT));
        assertEquals(BackendException.Kind.REFUSED, e.kind());
        assertTrue(e.getMessage().contains("ELECTION"), e.getMessage());
    }

    @Test
    void urisWithSecretsAndOtherDatabasesAreRefused() {
        List<String> uris = List.of(
                "jdbc:h2:file:/tmp/x;AUTO_SERVER=TRUE",
                "jdbc:h2:file:/tmp/x;auto_server=true",
                "jdbc:h2:file:/tmp/x;PASSWORD=secret",
                "jdbc:postgresql://me:secret@db/app",
                "jdbc:postgresql://db/app?password=secret",
                "jdbc:mysql://db/app");
        for (String uri : uris) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> ElectionBackend.open(uri), uri);
            assertFalse(e.getMessage().contains("secret"), e.getMessage());
        }
    }

    private Version create() throws Exception {
        CasOutcome outcome = backend.compareAndSet("example", Version.ABSENT, free(), TIMEOUT);
        return assertInstanceOf(CasOutcome.Applied.class, outcome).current().version();
    }

    private static LockRecord free() {
        String attempt = UUID.randomUUID().toString();
        return new LockRecord("", Duration.ofSeconds(1), Instant.now(), Instant.now(), 0, 0, attempt);
    }
}
