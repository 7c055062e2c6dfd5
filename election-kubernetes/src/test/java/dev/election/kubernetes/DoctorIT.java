package dev.election.kubernetes;

import static dev.election.tck.servers.TestRecords.TIMEOUT;
import static dev.election.tck.servers.TestRecords.applied;
import static dev.election.tck.servers.TestRecords.free;
import static dev.election.tck.servers.TestRecords.held;
import static org.assertj.core.api.Assertions.assertThat;

import dev.election.ElectionTiming;
import dev.election.Elections;
import dev.election.Examination;
import dev.election.LeaderElector;
import dev.election.spi.ElectionBackend;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Severity;
import dev.election.spi.Finding.Topic;
import dev.election.spi.Snapshot;
import dev.election.spi.Version;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an examination says on a real API server with RBAC, and that doing what it says helps. */
class DoctorIT {

    private static final String ELECTION = "mine";

    private final KubeServer server = KubeServer.shared();
    private final KubernetesClient admin = server.adminClient();
    private final String namespace = "doctor-" + UUID.randomUUID();

    @BeforeEach
    void createNamespaceAndAccount() {
        admin.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        admin.serviceAccounts()
                .inNamespace(namespace)
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("candidate")
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterEach
    void close() {
        admin.close();
    }

    private Config candidate() {
        return server.configWithToken(admin.serviceAccounts()
                .inNamespace(namespace)
                .withName("candidate")
                .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
                .getStatus()
                .getToken());
    }

    /** A role of the operator's own, with all that is needed but for one verb. */
    private void permit(LockKind lock, String withoutVerb) {
        List<String> verbs = new ArrayList<>(List.of("get", "create", "update", "watch"));
        boolean events = !withoutVerb.equals("create events");
        assertThat(verbs.remove(withoutVerb) || !events || withoutVerb.isEmpty())
                .isTrue();
        admin.rbac()
                .roles()
                .inNamespace(namespace)
                .resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName("theirs")
                        .endMetadata()
                        .addToRules(new PolicyRuleBuilder()
                                .withApiGroups(lock == LockKind.LEASE ? "coordination.k8s.io" : "")
                                .withResources(lock == LockKind.LEASE ? "leases" : "endpoints")
                                .withVerbs(verbs)
                                .build())
                        .addToRules(new PolicyRuleBuilder()
                                .withApiGroups("")
                                .withResources(events ? "events" : "pods")
                                .withVerbs("create")
                                .build())
                        .build())
                .create();
        admin.rbac()
                .roleBindings()
                .inNamespace(namespace)
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("theirs")
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", "theirs")
                        .addNewSubject(null, "ServiceAccount", "candidate", namespace)
                        .build())
                .create();
    }

    private List<Finding> examine(ElectionBackend backend) throws InterruptedException {
        return Examination.of(backend, ELECTION, ElectionTiming.DEFAULT, TIMEOUT);
    }

    private static List<Finding> of(List<Finding> findings, Topic topic) {
        return findings.stream().filter(each -> each.topic() == topic).toList();
    }

    /** What keeps an election from being as good as it can be; an older server tells nothing else. */
    private static List<Finding> complaints(List<Finding> findings) {
        return findings.stream()
                .filter(each -> each.severity() == Severity.PROBLEM || each.severity() == Severity.WARNING)
                .toList();
    }

    private void apply(String yaml) {
        admin.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .create();
    }

    @ParameterizedTest
    @CsvSource({
        "LEASE, get",
        "LEASE, create",
        "LEASE, update",
        "LEASE, watch",
        "LEASE, create events",
        "ENDPOINTS, get",
        "ENDPOINTS, create",
        "ENDPOINTS, update",
        "ENDPOINTS, watch"
    })
    void aMissingVerbIsNamedAndTheYamlGrantsIt(LockKind lock, String verb) throws Exception {
        permit(lock, verb);
        try (ElectionBackend backend = KubernetesBackend.connect(candidate(), namespace, lock)) {
            List<Finding> complaints = complaints(examine(backend));

            assertThat(complaints).hasSize(1);
            Finding missing = complaints.get(0);
            boolean isNeeded = List.of("get", "create", "update").contains(verb);
            assertThat(missing.severity()).isEqualTo(isNeeded ? Severity.PROBLEM : Severity.WARNING);
            assertThat(missing.text())
                    .contains("may not " + verb)
                    .contains("as system:serviceaccount:" + namespace + ":candidate");

            apply(missing.remedy());
            assertThat(complaints(examine(backend))).isEmpty();
            elect(backend);
        }
    }

    private static void elect(ElectionBackend backend) throws Exception {
        try (Elections elections = Elections.of(backend);
                LeaderElector elector =
                        elections.elector(ELECTION).identity("a").start()) {
            assertThat(elector.awaitLeadership(TIMEOUT)).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void whoMayNothingGetsEverythingByOneManifest(LockKind lock) throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(candidate(), namespace, lock)) {
            List<Finding> findings = examine(backend);
            List<String> manifests = findings.stream()
                    .map(Finding::remedy)
                    .filter(remedy -> remedy.contains("RoleBinding"))
                    .toList();
            assertThat(manifests).hasSize(1);
            assertThat(of(findings, Topic.ACCESS).get(0).text()).contains("may not get, create or update");

            apply(manifests.get(0));
            assertThat(complaints(examine(backend))).isEmpty();
            elect(backend);
        }
    }

    @Test
    void aUserThatIsNoServiceAccountIsGrantedToAsWell() throws Exception {
        Config user = new ConfigBuilder(server.adminConfig())
                .withImpersonateUsername("oidc:O'Brien \"Bob\" & <bob@example.com>")
                .build();
        try (ElectionBackend backend = KubernetesBackend.connect(user, namespace, LockKind.LEASE)) {
            apply(of(examine(backend), Topic.ACCESS).get(0).remedy());
            assertThat(complaints(examine(backend))).isEmpty();
            applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
        }
    }

    @Test
    void nothingIsEverGrantedToNobody() throws Exception {
        try (ElectionBackend backend =
                KubernetesBackend.connect(server.configWithToken(""), namespace, LockKind.LEASE)) {
            Finding nobody = of(examine(backend), Topic.ACCESS).get(0);
            assertThat(nobody.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(nobody.text()).contains("does not know who we are");
            assertThat(nobody.remedy()).doesNotContain("RoleBinding");
        }
    }

    @Test
    void aTokenThatIsNotAcceptedIsSaidToBeSo() throws Exception {
        try (ElectionBackend backend =
                KubernetesBackend.connect(server.configWithToken("expired"), namespace, LockKind.LEASE)) {
            assertThat(complaints(examine(backend)))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text()).contains("does not accept our credentials"));
        }
    }

    @ParameterizedTest
    @EnumSource(LockKind.class)
    void anExaminationChangesNothingAndSaysWhoLeads(LockKind lock) throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), namespace, lock)) {
            assertThat(complaints(examine(backend))).isEmpty();
            assertThat(backend.read(ELECTION, TIMEOUT)).isEqualTo(Snapshot.ABSENT);
            Snapshot created = applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            assertThat(complaints(examine(backend))).isEmpty();
            Snapshot held = applied(backend.compareAndSet(ELECTION, created.version(), held("a_1", 7), TIMEOUT));
            assertThat(of(examine(backend), Topic.RECORD).get(0).text())
                    .contains("\"a\"")
                    .contains("fencing token 7");
            assertThat(backend.read(ELECTION, TIMEOUT)).isEqualTo(held);
        }
    }

    @Test
    void aNamespaceThatDoesNotExistIsMissed() throws Exception {
        try (ElectionBackend backend =
                KubernetesBackend.connect(server.adminConfig(), namespace + "x", LockKind.LEASE)) {
            assertThat(complaints(examine(backend)))
                    .containsExactly(Finding.problem(
                            Topic.STORE,
                            "there is no namespace " + namespace + "x",
                            "kubectl create namespace " + namespace + "x"));
        }
    }

    @Test
    void theNameOfAServiceIsTaken() throws Exception {
        admin.services()
                .inNamespace(namespace)
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(ELECTION)
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "web")
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), namespace, LockKind.ENDPOINTS)) {
            assertThat(complaints(examine(backend)))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text()).contains("a Service " + namespace + "/mine"));
        }
    }

    @Test
    void theEndpointsOfAServiceAreNoPlaceForAnElection() throws Exception {
        admin.endpoints()
                .inNamespace(namespace)
                .resource(new EndpointsBuilder()
                        .withNewMetadata()
                        .withName(ELECTION)
                        .addToLabels("service.kubernetes.io/headless", "")
                        .endMetadata()
                        .build())
                .create();
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), namespace, LockKind.ENDPOINTS)) {
            Finding taken = of(examine(backend), Topic.RECORD).get(0);
            assertThat(taken.severity()).isEqualTo(Severity.PROBLEM);
            assertThat(taken.text()).contains("belongs to a Service");
        }
    }

    /** As a kubelet's, in the namespace kube-node-lease. */
    @Test
    void theLeaseOfSomethingElseIsRemarkedUpon() throws Exception {
        try (ElectionBackend backend = KubernetesBackend.connect(server.adminConfig(), namespace, LockKind.LEASE)) {
            applied(backend.compareAndSet(ELECTION, Version.ABSENT, free(), TIMEOUT));
            String uid = Objects.requireNonNull(
                            admin.namespaces().withName(namespace).get())
                    .getMetadata()
                    .getUid();
            admin.leases().inNamespace(namespace).withName(ELECTION).edit(lease -> {
                lease.getSpec().setHolderIdentity("node-1");
                lease.getMetadata()
                        .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                                .withApiVersion("v1")
                                .withKind("Node")
                                .withName("node-1")
                                .withUid(uid)
                                .build()));
                return lease;
            });
            List<Finding> complaints = complaints(examine(backend));
            assertThat(complaints).extracting(Finding::severity).containsOnly(Severity.WARNING);
            assertThat(of(complaints, Topic.RECORD).get(0).text()).contains("held by \"node-1\"");
            assertThat(of(complaints, Topic.STORE).get(0).text()).contains("belongs to Node node-1");
        }
    }

    @Test
    void aServerThatCannotBeReachedIsAllThatIsComplainedOf() throws Exception {
        Config nowhere = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://127.0.0.1:1")
                .build();
        try (ElectionBackend backend = KubernetesBackend.connect(nowhere, namespace, LockKind.LEASE)) {
            List<Finding> complaints = complaints(examine(backend));
            assertThat(complaints).extracting(Finding::topic).containsExactly(Topic.REACHABLE);
        }
    }
}
