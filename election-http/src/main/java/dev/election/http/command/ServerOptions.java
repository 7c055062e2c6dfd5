package dev.election.http.command;

import dev.election.http.HttpAddress;
import dev.election.http.LeaderHttpServer;
import dev.election.http.RenewalLog;
import dev.election.http.metrics.ElectionMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where to answer over HTTP, and whom.
 *
 * @param hosts names that clients know this process by, beyond those of loopback and its addresses
 * @param token file with the bearer token that clients bring
 * @param resign whether those who have the token may make this process give up what it leads
 * @param tls the files for TLS
 */
record ServerOptions(
        HttpAddress address, List<String> hosts, Optional<Path> token, boolean resign, Optional<TlsFiles> tls) {

    /** What every command takes that answers over HTTP. */
    static final List<Option> OPTIONS = List.of(
            Option.HTTP,
            Option.HTTP_HOST,
            Option.HTTP_TOKEN_FILE,
            Option.HTTP_RESIGN,
            Option.HTTP_TLS_CERT,
            Option.HTTP_TLS_KEY);

    private static final Pattern HOST_NAME = Pattern.compile("[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?");

    /**
     * A certificate with its key.
     *
     * @param certificates the server's, followed by those that vouch for it
     */
    record TlsFiles(Path certificates, Path key) {}

    /**
     * Understands what the user gave; empty when nothing is to be answered.
     *
     * @throws IllegalArgumentException for wrong use, saying which option is wrong and what was expected
     */
    static Optional<ServerOptions> of(CommonOptions options) {
        Optional<HttpAddress> address = options.parsed(Option.HTTP, HttpAddress::parse);
        List<String> hosts = options.allParsed(Option.HTTP_HOST, ServerOptions::hostName);
        Optional<Path> token = options.parsed(Option.HTTP_TOKEN_FILE, Path::of);
        boolean resign = options.isOn(Option.HTTP_RESIGN);
        Optional<Path> certificates = options.parsed(Option.HTTP_TLS_CERT, Path::of);
        Optional<Path> key = options.parsed(Option.HTTP_TLS_KEY, Path::of);
        if (resign && token.isEmpty()) {
            throw new IllegalArgumentException(Option.HTTP_RESIGN.flag() + " needs a token, so that not everybody can"
                    + " end a leadership: " + Option.HTTP_TOKEN_FILE.usage());
        }
        if (certificates.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException(Option.HTTP_TLS_CERT.flag() + " and " + Option.HTTP_TLS_KEY.flag()
                    + " go together: give both, or none");
        }
        return address.map(each -> new ServerOptions(
                each, hosts, token, resign, certificates.map(file -> new TlsFiles(file, key.orElseThrow()))));
    }

    private static String hostName(String text) {
        if (!HOST_NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a host name such as leader.example.org is expected, without a port; got \"" + text + "\"");
        }
        return text;
    }

    /**
     * Begins to answer, for candidates that are still to come.
     *
     * @throws IllegalArgumentException when a file is not what it should be, naming it
     * @throws IOException when it is not possible to listen there, saying where and why
     */
    LeaderHttpServer start(RunOptions options, RenewalLog renewals, ElectionMetrics metrics) throws IOException {
        LeaderHttpServer.Builder server = LeaderHttpServer.expecting(
                        options.elections(), options.identities(), options.timing())
                .renewals(renewals)
                .metrics(metrics::text);
        hosts.forEach(server::host);
        token.ifPresent(server::token);
        if (resign) {
            server.resignable();
        }
        tls.ifPresent(files -> server.tls(files.certificates(), files.key()));
        return server.start(address.toString());
    }
}
