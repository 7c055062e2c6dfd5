package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one API server, through fabric8's HTTP client: each is sent once, and nothing of it after its deadline
 * (rules S6 and S7).
 *
 * <p>The one request that goes out again is one that was answered 401, with a fresh token: a definite refusal.
 *
 * <p>Safe for use by several threads.
 */
final class ApiServer implements AutoCloseable {

    private static final String JSON = "application/json";

    private final HttpClient http;
    private final boolean ownsHttp;
    private final String root;
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ApiServer(HttpClient http, boolean ownsHttp, String root) {
        this.http = http;
        this.ownsHttp = ownsHttp;
        this.root = root.replaceFirst("/+$", "");
    }

    /**
     * Connections of our own, by HTTP/1.1: there a request that timed out takes its connection with it, while over
     * HTTP/2 all that follow would wait on the same dead connection.
     */
    static ApiServer connect(Config config) {
        JdkHttpClientFactory factory = new JdkHttpClientFactory();
        HttpClient.Builder builder = factory.newBuilder(config).preferHttp11();
        return new ApiServer(tame(builder, config), true, config.getMasterUrl());
    }

    /** Shares the connections of a client that stays its owner's. */
    static ApiServer shared(KubernetesClient client) {
        HttpClient http = tame(client.getHttpClient().newBuilder(), client.getConfiguration());
        return new ApiServer(http, false, client.getMasterUrl().toString());
    }

    /** Takes away what sends a request again: fabric8's back-off after 429, 5xx and I/O errors, and that after a 401. */
    private static HttpClient tame(HttpClient.DerivedClientBuilder builder, Config config) {
        RequestConfig once = new RequestConfigBuilder(config.getRequestConfig())
                .withRequestRetryBackoffLimit(0)
                .build();
        return builder.tag(once)
                .addOrReplaceInterceptor(TokenRefreshInterceptor.NAME, new TokenRefresh(config))
                .build();
    }

    /** The server's address, for people. */
    String address() {
        return root;
    }

    /**
     * Sends a request and waits for its answer, whatever that is.
     *
     * @param content what to send; null for no body
     * @throws NotSentException when it is certain that the server did not get it
     * @throws IOException when it is not
     * @throws InterruptedException when it is not either
     */
    Answer send(String method, String path, @Nullable JsonNode content, Deadline deadline)
            throws IOException, InterruptedException {
        byte[] bytes = content == null ? null : Json.bytes(content);
        Answer answer = sendOnce(method, path, bytes, deadline);
        return repeats(answer, deadline) ? sendOnce(method, path, bytes, deadline) : answer;
    }

    private Answer sendOnce(String method, String path, byte @Nullable [] content, Deadline deadline)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path, deadline.remaining());
        if (content == null) {
            request.method(method, JSON, (String) null);
            return exchange(request, new Download(), ApiServer::whole, deadline);
        }
        OneShotBody body = new OneShotBody(content, deadline);
        request.method(method, JSON, body, content.length);
        try {
            return exchange(request, new Download(), ApiServer::whole, deadline);
        } catch (IOException e) {
            throw body.isWithheld() ? new NotSentException("its time was over before it could be sent", e) : e;
        }
    }

    /**
     * Opens a stream of lines.
     *
     * @param life how long the stream may last; a longer one ends with a {@link TimeoutException}
     * @param onLine gets each line
     * @param onEnd told when the stream has ended, and why, or null when the server just ended it
     */
    Stream stream(
            String path, Duration life, Consumer<byte[]> onLine, Consumer<@Nullable Throwable> onEnd, Deadline deadline)
            throws IOException, InterruptedException {
        Stream stream = streamOnce(path, life, onLine, onEnd, deadline);
        return repeats(stream.answer, deadline) ? streamOnce(path, life, onLine, onEnd, deadline) : stream;
    }

    private Stream streamOnce(
            String path, Duration life, Consumer<byte[]> onLine, Consumer<@Nullable Throwable> onEnd, Deadline deadline)
            throws IOException, InterruptedException {
        Download download = new Download();
        // The JDK's timeout ends at the headers up to JDK 25 and at the end of the body from 26 on, so it is the life
        // of the stream here; the deadline is kept by us.
        HttpRequest.Builder request = request(path, life).method("GET", JSON, (String) null);
        Answer answer = exchange(
                request,
                download,
                (response, body) -> {
                    if (!response.isSuccessful()) {
                        return whole(response, body);
                    }
                    body.lines(response, onLine)
                            .copy()
                            .orTimeout(life.toMillis(), TimeUnit.MILLISECONDS)
                            .whenComplete((ended, failure) -> onEnd.accept(failure));
                    return CompletableFuture.completedFuture(Answer.of(response, new byte[0]));
                },
                deadline);
        return new Stream(answer, download);
    }

    /**
     * A stream, or the refusal of one.
     *
     * @param answer a success when the stream is open
     */
    record Stream(Answer answer, Download download) implements AutoCloseable {
        @Override
        public void close() {
            download.cancel();
        }
    }

    /** The interceptor fetched a fresh token on the way, if there is one. */
    private static boolean repeats(Answer answer, Deadline deadline) {
        return answer.code() == 401 && !deadline.hasPassed();
    }

    private static CompletableFuture<Answer> whole(HttpResponse<AsyncBody> response, Download download) {
        return download.whole(response).thenApply(bytes -> Answer.of(response, bytes));
    }

    private HttpRequest.Builder request(String path, Duration timeout) {
        return http.newHttpRequestBuilder()
                .uri(root + path)
                .header("Accept", JSON)
                .timeout(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS);
    }

    private Answer exchange(
            HttpRequest.Builder request,
            Download download,
            BiFunction<HttpResponse<AsyncBody>, Download, CompletableFuture<Answer>> take,
            Deadline deadline)
            throws IOException, InterruptedException {
        if (deadline.hasPassed()) {
            throw new NotSentException("its time was over before it could be sent");
        }
        CompletableFuture<Answer> answer;
        try {
            answer = http.consumeBytes(request.build(), download)
                    .thenCompose(response -> take.apply(response, download));
        } catch (RuntimeException e) {
            // Thrown by fabric8's interceptors or by a client that was closed: nothing was sent yet.
            throw new NotSentException(e.toString(), e);
        }
        underWay.add(answer);
        boolean answered = false;
        try {
            if (closed) {
                throw new IOException("closed meanwhile");
            }
            Answer result = answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            answered = true;
            return result;
        } catch (TimeoutException e) {
            throw new IOException("no answer in time", e);
        } catch (ExecutionException e) {
            throw sorted(e.getCause());
        } finally {
            underWay.remove(answer);
            if (!answered) {
                download.cancel();
            }
        }
    }

    /** Nothing can have been applied where no connection came about. */
    private static IOException sorted(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            String why = cause.getMessage() == null ? "no connection" : cause.getMessage();
            return new NotSentException(why, cause);
        }
        return new IOException(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }

    /** Ends what is under way, and connections of our own. Idempotent. */
    @Override
    public void close() {
        closed = true;
        underWay.forEach(answer -> answer.completeExceptionally(new IOException("closed meanwhile")));
        if (ownsHttp) {
            http.close();
        }
    }
}
