package dev.election.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One tab of a headless Chromium, by its DevTools protocol. */
final class Chromium implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

    private Chromium(Process process, URI tab) {
        this.process = process;
        this.socket = CLIENT.newWebSocketBuilder().buildAsync(tab, new Inbox()).join();
    }

    /** The program, if there is one on the PATH. */
    static Optional<Path> program() {
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(directory -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Chromium start(Path program, Path directory) throws Exception {
        Path profile = Files.createTempDirectory(directory, "profile");
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("chromium.log").toFile());
        builder.environment().put("TMPDIR", profile.toString());
        Process process = builder.start();
        try {
            Path told = profile.resolve("DevToolsActivePort");
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!Files.exists(told) || Files.readAllLines(told).size() < 2) {
                if (System.nanoTime() > until || !process.isAlive()) {
                    throw new IOException(
                            "Chromium did not start: " + Files.readString(directory.resolve("chromium.log")));
                }
                Thread.sleep(20);
            }
            URI tabs = URI.create("http://127.0.0.1:" + Files.readAllLines(told).get(0) + "/json/new?about:blank");
            HttpRequest wanted = HttpRequest.newBuilder(tabs)
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .build();
            JsonNode tab =
                    JSON.readTree(CLIENT.send(wanted, BodyHandlers.ofString()).body());
            Chromium started = new Chromium(
                    process, URI.create(tab.get("webSocketDebuggerUrl").asText()));
            for (String domain : List.of("Runtime", "Log", "Page")) {
                started.ask(domain + ".enable", Map.of());
            }
            return started;
        } catch (Exception | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /**
     * @param scheme {@code light} or {@code dark}
     */
    void open(URI page, int width, int height, String scheme) throws Exception {
        ask(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        ask(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        ask("Page.navigate", Map.of("url", page.toString()));
    }

    /** What a JavaScript expression is, as text. */
    String value(String expression) throws Exception {
        JsonNode result = ask("Runtime.evaluate", Map.of("expression", "String(" + expression + ")"));
        return result.path("result").path("value").asText();
    }

    /** Presses a key as a person would. */
    void press(String key, int code) throws Exception {
        for (String type : List.of("keyDown", "keyUp")) {
            Map<String, Object> event = key.equals("Enter")
                    ? Map.of("type", type, "key", key, "windowsVirtualKeyCode", code, "text", "\r")
                    : Map.of("type", type, "key", key, "windowsVirtualKeyCode", code);
            ask("Input.dispatchKeyEvent", event);
        }
    }

    void screenshot(Path file) throws Exception {
        JsonNode shot = ask("Page.captureScreenshot", Map.of("format", "png"));
        Files.write(file, Base64.getDecoder().decode(shot.get("data").asText()));
    }

    /** What the console shows: exceptions, violations of the content security policy, failed requests. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    private JsonNode ask(String method, Map<String, ?> parameters) throws Exception {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        asked.put(id, answer);
        ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
        request.set("params", JSON.valueToTree(parameters));
        socket.sendText(request.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        JsonNode told = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (told.has("error")) {
            throw new IllegalStateException(method + ": " + told.get("error"));
        }
        return told.get("result");
    }

    @Override
    public void close() {
        socket.abort();
        List<ProcessHandle> others = process.descendants().toList();
        process.destroyForcibly()
                .onExit()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        others.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle other : others) {
            other.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }
    }

    private final class Inbox implements WebSocket.Listener {

        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                try {
                    take(JSON.readTree(parts.toString()));
                } catch (IOException e) {
                    complaints.add("not JSON: " + parts);
                }
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }

        private void take(JsonNode message) {
            String method = message.path("method").asText();
            if (message.has("id")) {
                asked.remove(message.get("id").asInt()).complete(message);
            } else if (method.equals("Runtime.exceptionThrown")) {
                complaints.add(message.path("params").path("exceptionDetails").toString());
            } else if (method.equals("Log.entryAdded")
                    && message.path("params")
                            .path("entry")
                            .path("level")
                            .asText()
                            .equals("error")) {
                complaints.add(message.path("params").path("entry").toString());
            }
        }
    }
}
