package dev.election.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bearer token in a file, which may be replaced while we run. For one thread. */
final class TokenFile implements Supplier<byte[]> {

    private static final Logger log = LoggerFactory.getLogger(TokenFile.class);

    /** RFC 6750; long enough not to be found by trying. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{16,4096}=*");

    /** How soon a new token is seen. */
    private static final long LOOK_NANOS = 2_000_000_000L;

    private final Path file;
    private byte[] token;
    private FileTime read;
    private long looked = System.nanoTime();

    private TokenFile(Path file) throws IOException {
        this.file = file;
        this.read = Files.getLastModifiedTime(file);
        this.token = token(file);
    }

    /**
     * Reads the token.
     *
     * @throws IllegalArgumentException when there is no such file, or no token in it, saying what was expected
     */
    static TokenFile read(Path file) {
        try {
            return new TokenFile(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("the token file \"" + file + "\" cannot be read", e);
        }
    }

    @Override
    public byte[] get() {
        long now = System.nanoTime();
        if (now - looked >= LOOK_NANOS) {
            looked = now;
            lookAgain();
        }
        return token;
    }

    private void lookAgain() {
        try {
            FileTime modified = Files.getLastModifiedTime(file);
            if (!modified.equals(read)) {
                token = token(file);
                read = modified;
                log.info("the token of {} is another one now", file);
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("the token stays as it was: {}", e.getMessage());
        }
    }

    /** Messages name the file, and never what is in it. */
    private static byte[] token(Path file) throws IOException {
        if (Files.size(file) > 8192) {
            throw new IllegalArgumentException("the token file \"" + file + "\" is too long to be one");
        }
        String text = new String(Files.readAllBytes(file), US_ASCII).strip();
        if (!TOKEN.matcher(text).matches()) {
            throw new IllegalArgumentException("the token file \"" + file
                    + "\" holds one bearer token: at least 16 letters, digits and -._~+/, and nothing else");
        }
        return text.getBytes(US_ASCII);
    }
}
