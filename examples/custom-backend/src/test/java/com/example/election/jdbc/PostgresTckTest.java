package com.example.election.jdbc;

import dev.election.spi.ElectionBackend;
import dev.election.tck.BackendTck;
import dev.election.tck.RawRecords;
import dev.election.tck.StoreFaults;
import dev.election.tck.TcpProxy;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Needs a server: {@code -Dpostgres.port} and {@code -Dpostgres.settings}, as script/try-custom-backend gives them. */
@DisplayName("PostgreSQL")
@EnabledIfSystemProperty(named = "postgres.port", matches = "\\d+")
class PostgresTckTest extends BackendTck {
    private static Table table;
    private static TcpProxy network;

    @BeforeAll
    static void connect() throws Exception {
        table = Postgres.table();
        table.create();
        network = new TcpProxy("127.0.0.1", Postgres.PORT);
    }

    @AfterAll
    static void disconnect() throws Exception {
        network.close();
    }

    @Override
    protected ElectionBackend open() {
        return ElectionBackend.open(Postgres.uri(network.port()));
    }

    @Override
    protected Optional<String> uri() {
        return Optional.of(Postgres.uri(Postgres.PORT));
    }

    @Override
    protected Optional<RawRecords> rawRecords() {
        return Optional.of(table);
    }

    @Override
    protected Optional<StoreFaults> faults() {
        return Optional.of(StoreFaults.of(network));
    }
}
