package dev.election.http.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.election.http.HttpAddress;
import dev.election.http.command.Arguments.Argument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/** Asks a running sidecar to give up leading. */
final class ResignCommand implements Subcommand {

    /** It is no option: others see arguments. */
    private static final Variable TOKEN = Variable.ELECTION_HTTP_TOKEN;

    /** Where a sidecar may listen, but cannot be asked: it is none of the names that it is known by. */
    private static final Set<String> ALL_ADDRESSES = Set.of("", "0.0.0.0", "::");

    @Override
    public String name() {
        return "resign";
    }

    @Override
    public String summary() {
        return "Asks a running sidecar to give up leading, so that another leads.";
    }

    @Override
    public String synopsis() {
        return "--election=NAME --http=HOST:PORT [--http-token-file=FILE] [OPTIONS]";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.ELECTION, Option.HTTP, Option.HTTP_TOKEN_FILE, Option.TIMEOUT, Option.LOG_LEVEL);
    }

    @Override
    public List<String> details() {
        return List.of("The sidecar listens at --http, which may also be its URL, as https://HOST:PORT; it runs with"
                + " --http-resign and with a token. Without --http-token-file, the token is that of the"
                + " environment variable " + TOKEN + ".");
    }

    @Override
    public List<Example> examples() {
        return List.of(new Example(
                "Hand over to another candidate",
                "election resign --election=example --http=localhost:4040 --http-token-file=/run/secrets/election"));
    }

    @Override
    public List<ExitCode> exitCodes() {
        return List.of(ExitCode.FAILED);
    }

    @Override
    public int run(Invocation invocation) throws IOException, InterruptedException {
        CommonOptions options = invocation.options();
        List<String> elections = options.elections();
        URI base = options.parsed(Option.HTTP, ResignCommand::base)
                .orElseThrow(() -> new IllegalArgumentException("where the sidecar listens is missing: "
                        + Option.HTTP.usage() + " or " + Option.HTTP.variable()));
        String token = token(invocation);
        Duration timeout = options.timeout();
        LogLine.use(options.logLevel(LogLevel.WARN));
        long end = System.nanoTime() + timeout.toNanos();
        HttpClient client = HttpClient.newBuilder().connectTimeout(timeout).build();
        // What one election is refused for may not hold for the next; that there is no sidecar does.
        List<String> refusals = new ArrayList<>();
        try (Progress waiting = Progress.of(invocation.terminal(), "the sidecar")) {
            for (String election : elections) {
                HttpRequest request = HttpRequest.newBuilder(base.resolve("/v1/elections/" + election + "/resign"))
                        .header("Authorization", "Bearer " + token)
                        .POST(BodyPublishers.noBody())
                        .build();
                HttpResponse<String> response = send(client, request, timeout, end);
                waiting.end();
                if (response.statusCode() / 100 == 2) {
                    invocation.terminal().answer(told(election, response.body()) + System.lineSeparator());
                } else {
                    refusals.add(refusal(election, response));
                }
            }
        } catch (IOException e) {
            refusals.add(String.valueOf(e.getMessage()));
            throw new IOException(String.join("; ", refusals), e);
        }
        if (!refusals.isEmpty()) {
            throw new IOException(String.join("; ", refusals));
        }
        return ExitCode.OK.code();
    }

    private static URI base(String text) {
        if (text.startsWith("http://") || text.startsWith("https://")) {
            return url(text)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "a sidecar's URL has a host, a port and nothing else, as https://localhost:4040"));
        }
        HttpAddress address = HttpAddress.parse(text);
        if (address.port() == 0) {
            throw new IllegalArgumentException("the port of a running sidecar is not 0");
        }
        boolean all = ALL_ADDRESSES.contains(address.host());
        return URI.create("http://" + (all ? new HttpAddress("localhost", address.port()) : address));
    }

    /** Empty when it is none, or has parts that could be secret. */
    private static Optional<URI> url(String text) {
        try {
            URI uri = new URI(text);
            return Optional.of(uri)
                    .filter(url -> url.getHost() != null && url.getRawUserInfo() == null)
                    .filter(url -> url.getRawQuery() == null && url.getRawFragment() == null)
                    .filter(url ->
                            url.getRawPath().isEmpty() || url.getRawPath().equals("/"));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String token(Invocation invocation) throws IOException {
        Optional<Argument> file = invocation.arguments().get(Option.HTTP_TOKEN_FILE);
        String token;
        if (file.isPresent()) {
            try {
                token = Files.readString(Path.of(file.get().value())).strip();
            } catch (IOException | IllegalArgumentException e) {
                throw new IOException(
                        file.get().source() + ": cannot read the file "
                                + file.get().value(),
                        e);
            }
        } else {
            token = invocation.surroundings().environment().getOrDefault(TOKEN.name(), "");
        }
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new IllegalArgumentException(
                    token.isEmpty()
                            ? "the token is missing: " + Option.HTTP_TOKEN_FILE.usage() + " or " + TOKEN
                            : "a token consists of printable ASCII characters without blanks; the one given does not");
        }
        return token;
    }

    /** @param timeout what is left of which ends at {@code end} */
    private static HttpResponse<String> send(HttpClient client, HttpRequest request, Duration timeout, long end)
            throws IOException, InterruptedException {
        String whom = "the sidecar at " + request.uri().getAuthority();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            return answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException(
                    whom + " did not answer in " + GoDuration.format(timeout) + "; whether it resigned is not known",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                throw new IOException("cannot connect to " + whom, cause);
            }
            if (cause instanceof SSLHandshakeException) {
                throw new IOException(
                        "no TLS with " + whom + ", which was asked nothing: " + cause.getMessage(), cause);
            }
            String plain = request.uri().getScheme().equals("http")
                    ? "; one that speaks TLS is asked by " + Option.HTTP.flag() + "=https://"
                            + request.uri().getAuthority()
                    : "";
            throw new IOException(
                    "the connection to " + whom + " broke; whether it resigned is not known: " + cause.getMessage()
                            + plain,
                    cause);
        }
    }

    private static String told(String election, String body) {
        return released(body)
                ? election + ": resigned; this sidecar holds the lock no longer"
                : election + ": resigned; the lock may be held until its lease runs out";
    }

    private static String refusal(String election, HttpResponse<String> response) {
        return election + ": the sidecar refused (" + response.statusCode() + ")"
                + member(response.body(), "detail").map(detail -> ": " + detail).orElse("");
    }

    private static boolean released(String body) {
        return member(body, "released").filter("true"::equals).isPresent();
    }

    /** A member of a JSON object that is no object or array itself; empty when it is something else. */
    private static Optional<String> member(String body, String name) {
        try (JsonParser json = new JsonFactory().createParser(body)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME && json.currentName().equals(name)) {
                    return json.nextToken().isScalarValue() ? Optional.of(json.getText()) : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (com.fasterxml.jackson.core.JacksonException notOurs) {
            return Optional.empty(); // an answer of somebody else: its status code has been told
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail", e);
        }
    }
}
