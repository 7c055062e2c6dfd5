package dev.election.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.election.spi.BackendException;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Topic;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for what keeps an election from being held on one object: asks the server by reviews what we may do, tries a
 * write as a dry run, and compares the clocks. Nothing of it changes anything.
 */
final class Checkup {

    private final ApiServer server;
    private final ObjectRef object;
    private final Deadline deadline;
    private final List<Finding> findings = new ArrayList<>();

    Checkup(ApiServer server, ObjectRef object, Deadline deadline) {
        this.server = server;
        this.object = object;
        this.deadline = deadline;
    }

    /** What a review says of one verb. */
    private enum Permission {
        GRANTED,
        MISSING,
        UNKNOWN
    }

    List<Finding> findings() throws BackendException, InterruptedException {
        try {
            Instant before = Instant.now();
            Answer answer = server.send("GET", object.path(), null, deadline);
            findings.add(ServerClock.compare(before, answer.date(), Instant.now()));
            if (answer.code() == 401) {
                findings.add(Finding.problem(Topic.ACCESS, text(Failures.refusal(object, "get", answer)), ""));
                findings.add(Finding.unknown(Topic.WATCH, "nobody can tell before the credentials are accepted"));
            } else {
                access(answer);
            }
            owner(answer);
        } catch (IOException e) {
            throw Failures.noAnswer(object, "examine", e);
        }
        return findings;
    }

    private void access(Answer got) throws IOException, InterruptedException {
        Account account = Account.ask(server, deadline);
        if (account != null && account.isNobody()) {
            findings.add(Finding.problem(
                    Topic.ACCESS,
                    "the API server does not know who we are (" + account.name() + ")",
                    "Give this process a service account, or a kubeconfig with credentials."));
            findings.add(Finding.unknown(Topic.WATCH, "nobody can tell before the server knows who we are"));
            return;
        }
        String who = account == null ? "" : " as " + account.name();
        String yaml = Grant.yaml(object, account == null ? new Account("THE-USER-OF-THE-CANDIDATE") : account);
        List<String> missing = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String verb : List.of("get", "create", "update")) {
            switch (may(verb)) {
                case MISSING -> missing.add(verb);
                case UNKNOWN -> unknown.add(verb);
                case GRANTED -> {}
            }
        }
        String on = " " + where() + who;
        if (!missing.isEmpty()) {
            findings.add(Finding.problem(Topic.ACCESS, "we may not " + either(missing) + on, yaml));
        } else if (unknown.isEmpty()) {
            findings.add(Finding.ok(Topic.ACCESS, "we may get, create and update" + on));
        }
        if (!unknown.isEmpty()) {
            findings.add(Finding.unknown(
                    Topic.ACCESS, "the API server does not tell whether we may " + either(unknown) + on));
        }
        watch(may("watch"), on, missing.isEmpty() ? yaml : "");
        if (may("", "events", "", "create") == Permission.MISSING) {
            findings.add(Finding.warning(
                    Topic.ACCESS,
                    "we may not create events" + who + ", so `kubectl get events` does not show who became leader",
                    missing.isEmpty() ? yaml : ""));
        }
        if (missing.isEmpty()) {
            dryRun(got);
        }
    }

    private void watch(Permission permission, String on, String yaml) {
        findings.add(
                switch (permission) {
                    case GRANTED -> Finding.ok(Topic.WATCH, "changes are told at once");
                    case UNKNOWN ->
                        Finding.unknown(Topic.WATCH, "the API server does not tell whether we may watch" + on);
                    case MISSING ->
                        Finding.warning(
                                Topic.WATCH,
                                "we may not watch" + on + ", so candidates poll, and notice a hand-over up to a retry"
                                        + " period later",
                                yaml);
                });
    }

    /** As the server sees a request for this verb: one to create bears no name, and one to watch does. */
    private Permission may(String verb) throws IOException, InterruptedException {
        return may(
                object.kind().apiGroup(), object.kind().resource(), verb.equals("create") ? "" : object.name(), verb);
    }

    private Permission may(String group, String resource, String name, String verb)
            throws IOException, InterruptedException {
        ObjectNode review =
                Json.object().put("kind", "SelfSubjectAccessReview").put("apiVersion", "authorization.k8s.io/v1");
        review.putObject("spec")
                .putObject("resourceAttributes")
                .put("namespace", object.namespace())
                .put("verb", verb)
                .put("group", group)
                .put("resource", resource)
                .put("name", name);
        Answer answer = server.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review, deadline);
        JsonNode allowed =
                answer.isSuccess() ? Json.parse(answer.body()).path("status").path("allowed") : Json.object();
        return !allowed.isBoolean()
                ? Permission.UNKNOWN
                : allowed.booleanValue() ? Permission.GRANTED : Permission.MISSING;
    }

    /** What roles do not tell: whether there is the namespace, and what quotas and admission say. */
    private void dryRun(Answer got) throws IOException, InterruptedException {
        boolean absent = got.saysAbsent(object);
        if (!absent && !got.isSuccess()) {
            return;
        }
        String verb = absent ? "create" : "update";
        Answer answer = absent
                ? server.send(
                        "POST", object.collectionPath() + "?dryRun=All", KubernetesBackend.newObject(object), deadline)
                : server.send("PUT", object.path() + "?dryRun=All", Json.parse(got.body()), deadline);
        if (answer.isSuccess() || answer.code() == 409) {
            return; // 409: somebody else has just written, for whom it works
        }
        JsonNode details = answer.status().path("details");
        boolean noNamespace =
                answer.code() == 404 && details.path("kind").asText("").equals("namespaces");
        findings.add(
                noNamespace
                        ? Finding.problem(
                                Topic.STORE,
                                "there is no namespace " + object.namespace(),
                                "kubectl create namespace " + object.namespace())
                        : Finding.problem(
                                Topic.STORE, "a dry run of " + verb + " was refused: " + answer.describe(), ""));
    }

    /** Whether the object, or its name, belongs to something else. */
    private void owner(Answer got) throws IOException, InterruptedException {
        JsonNode owners =
                got.isSuccess() ? Json.parse(got.body()).path("metadata").path("ownerReferences") : Json.object();
        for (JsonNode owner : owners) {
            findings.add(Finding.warning(
                    Topic.STORE,
                    object + " belongs to " + owner.path("kind").asText() + " "
                            + owner.path("name").asText() + ", and is deleted together with it",
                    "If that is no part of this election, give the election another name."));
        }
        if (object.kind() instanceof EndpointsLock) {
            service();
        }
    }

    /** A Service's Endpoints are written by a controller, and read by everybody who calls the Service. */
    private void service() throws IOException, InterruptedException {
        Answer answer = server.send(
                "GET", "/api/v1/namespaces/" + object.namespace() + "/services/" + object.name(), null, deadline);
        if (answer.isSuccess()
                && !Json.parse(answer.body()).path("spec").path("selector").isEmpty()) {
            findings.add(Finding.problem(
                    Topic.STORE,
                    "the name is taken: there is a Service " + object.namespace() + "/" + object.name()
                            + " with a selector, whose Endpoints these are",
                    "Give the election another name."));
        } else if (answer.code() == 403) {
            findings.add(Finding.unknown(
                    Topic.STORE, "whether a Service has this name, we may not look up; its Endpoints would be these"));
        }
    }

    private String where() {
        return object.kind().resource() + " in namespace " + object.namespace();
    }

    private static String either(List<String> verbs) {
        int last = verbs.size() - 1;
        return last == 0 ? verbs.get(0) : String.join(", ", verbs.subList(0, last)) + " or " + verbs.get(last);
    }

    private static String text(BackendException e) {
        return String.valueOf(e.getMessage());
    }
}
