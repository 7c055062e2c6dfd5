package dev.election.http.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS with a certificate from files, which may be replaced while we run: connections that are made later get the new
 * one. For one thread.
 */
public final class TlsFiles {

    private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);

    /** How soon a new certificate is seen. */
    private static final long LOOK_NANOS = 5_000_000_000L;

    /** More than any record has. */
    private static final int SCRATCH = 40 * 1024;

    private final Path chain;
    private final Path key;
    private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH);
    private SSLContext context;
    private List<FileTime> read;
    private long looked = System.nanoTime();

    /**
     * Reads the files.
     *
     * @param chain PEM: the certificate, followed by those that vouch for it
     * @param key PEM: its key as PKCS #8, not encrypted
     * @throws IllegalArgumentException saying which file is wrong, and what was expected
     */
    public TlsFiles(Path chain, Path key) {
        this.chain = chain;
        this.key = key;
        this.read = times(); // before: what is replaced meanwhile is looked at again
        this.context = Certificate.context(chain, key);
    }

    Transport transport(SocketChannel channel) {
        long now = System.nanoTime();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            lookAgain();
        }
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return new TlsTransport(channel, engine, scratch);
    }

    private void lookAgain() {
        List<FileTime> times = times();
        if (times.isEmpty() || times.equals(read)) {
            return;
        }
        try {
            context = Certificate.context(chain, key);
            read = times;
            log.info("new connections get the new certificate of {}", chain);
        } catch (IllegalArgumentException e) { // perhaps only one of the two was replaced as yet
            log.warn("the certificate stays as it was: {}", e.getMessage());
        }
    }

    private List<FileTime> times() {
        try {
            return List.of(Files.getLastModifiedTime(chain), Files.getLastModifiedTime(key));
        } catch (IOException e) {
            log.debug("cannot look at {} and {}", chain, key, e);
            return List.of();
        }
    }
}
