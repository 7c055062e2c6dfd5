import java.io.IOException;
import java.net.URI;
import java.net.http.*;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.*;
import java.util.regex.*;

/** Works only while this sidecar's candidate leads: {@code java Client.java [URL of the election]}, Java 17 or later. */
class Client {
    /** A program with a library for JSON would use that. */
    static final Pattern OWN = Pattern.compile("\"leading\":true,\"fencingToken\":(\\d+),\"remainingMillis\":(\\d+)");
    static final Pattern LEADER = Pattern.compile("\"leader\":\\{\"name\":\"([^\"]*)\"");
    static final long WORK_MILLIS = 500; // what one piece of work may take
    static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    static final Semaphore NEWS = new Semaphore(0);

    /** Server-sent events tell when to look. After a cut the first of them is the present state, so no news is missed. */
    static void follow(HttpRequest events) {
        HTTP.sendAsync(events, BodyHandlers.ofLines())
                .thenApply(answer -> answer.body().filter(line -> line.startsWith("data:")))
                .thenAcceptAsync(news -> news.forEach(each -> NEWS.release()))
                .whenComplete((done, cut) -> {
                    if (cut != null) System.err.println("events: " + cut);
                    CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> follow(events));
                });
    }

    /** Says who leads, works if we do, and returns what it said. The term's rest is counted from before we ask. */
    static String look(HttpRequest state, String said) throws InterruptedException {
        long asked = System.nanoTime();
        String election = "";
        try {
            election = HTTP.send(state, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            System.err.println("state: " + e); // which says nothing about who leads
        }
        Matcher own = OWN.matcher(election);
        Matcher leader = LEADER.matcher(election);
        String other = leader.find() ? "follows " + leader.group(1) : "knows no leader";
        boolean leads = own.find();
        String now = leads ? "leads, fencing token " + own.group(1) : other;
        if (!now.equals(said)) System.out.println(now);
        long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked);
        if (leads && passed + WORK_MILLIS < Long.parseLong(own.group(2))) {
            System.out.println("works, fencing token " + own.group(1));
        }
        return now;
    }

    public static void main(String[] args) throws InterruptedException {
        URI url = URI.create(args.length > 0 ? args[0] : "http://localhost:4040/v1/elections/example");
        follow(HttpRequest.newBuilder(URI.create(url + "/events")).build());
        HttpRequest state = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(1)).build();
        for (String said = ""; ; NEWS.tryAcquire(1, TimeUnit.SECONDS), NEWS.drainPermits()) said = look(state, said);
    }
}
