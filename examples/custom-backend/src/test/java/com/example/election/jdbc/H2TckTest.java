package com.example.election.jdbc;

import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;
import dev.election.tck.RawRecords;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("H2")
class H2TckTest extends BackendTck {
    @TempDir
    static Path directory;

    private static String url;

    @BeforeAll
    static void createTable() throws Exception {
        url = "jdbc:h2:file:" + directory.resolve("election");
        new Table(url, new Properties()).create();
    }

    @Override
    protected ElectionBackend open() {
        return ElectionBackend.open(url);
    }

    @Override
    protected Optional<String> uri() {
        return Optional.of(url);
    }

    @Override
    protected Optional<RawRecords> rawRecords() {
        return Optional.of(new Table(url, new Properties()));
    }
}
