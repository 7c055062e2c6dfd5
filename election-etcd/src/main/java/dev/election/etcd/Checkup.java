package dev.election.etcd;

import dev.election.spi.BackendException;
import dev.election.spi.Finding;
import dev.election.spi.Finding.Topic;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthUserGetRequest;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for what keeps an election from being held on one key. Whether we may write it, etcd tells when it checks a
 * transaction, before it looks at its condition; and that one can never hold, so nothing is ever written.
 */
final class Checkup {

    private final Etcd etcd;
    private final ElectionKey key;
    private final Deadline deadline;
    private final List<Finding> findings = new ArrayList<>();

    Checkup(Etcd etcd, ElectionKey key, Deadline deadline) {
        this.etcd = etcd;
        this.key = key;
        this.deadline = deadline;
    }

    List<Finding> findings() throws BackendException, InterruptedException {
        try {
            RangeRequest get = RangeRequest.newBuilder().setKey(key.bytes()).build();
            List<KeyValue> found =
                    etcd.call(KVGrpc.getRangeMethod(), get, deadline).getKvsList();
            if (!found.isEmpty() && found.get(0).getLease() != 0) {
                findings.add(Finding.warning(
                        Topic.STORE,
                        key + " has a lease of etcd's, which this library never gives, and vanishes together with it;"
                                + " something else has made it",
                        "If that is no part of this election, give the election another name."));
            }
        } catch (CallFailure e) {
            if (e.code() == Status.Code.PERMISSION_DENIED) {
                findings.add(missing("read or write"));
                findings.add(Finding.unknown(Topic.WATCH, "whoever may not read is told of no changes either"));
                return findings;
            }
            throw Failures.refusal(key, "read", e);
        }
        write();
        findings.add(
                Finding.unknown(
                        Topic.CLOCK,
                        "etcd does not tell its time; an election does not need it, for each candidate counts by its own clock"));
        return findings;
    }

    private void write() throws BackendException, InterruptedException {
        TxnRequest never = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(key.bytes())
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setModRevision(Long.MAX_VALUE))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key.bytes())))
                .build();
        try {
            etcd.call(KVGrpc.getTxnMethod(), never, deadline);
            findings.add(Finding.ok(Topic.ACCESS, "we may read and write " + key + who()));
        } catch (CallFailure e) {
            if (e.code() == Status.Code.PERMISSION_DENIED) {
                findings.add(missing("write"));
                return;
            }
            BackendException refusal = Failures.refusal(key, "write", e);
            findings.add(
                    refusal.kind() == BackendException.Kind.TRANSIENT && e.code() != Status.Code.RESOURCE_EXHAUSTED
                            ? Finding.unknown(Topic.ACCESS, String.valueOf(refusal.getMessage()))
                            : Finding.problem(Topic.ACCESS, String.valueOf(refusal.getMessage()), ""));
        }
    }

    private Finding missing(String what) throws BackendException, InterruptedException {
        String user = etcd.user();
        String role = role();
        String name = user == null ? "USER" : ElectionKey.quote(user);
        List<String> commands = new ArrayList<>();
        boolean hasRole = user != null && hasRole(user, role);
        if (!hasRole) {
            commands.add("etcdctl role add " + role);
        }
        commands.add("etcdctl role grant-permission " + role + " readwrite --prefix=true " + key.quotedPrefix());
        if (!hasRole) {
            commands.add("etcdctl user grant-role " + name + " " + role);
        }
        return Finding.problem(
                Topic.ACCESS,
                "we may not " + what + " " + key + who()
                        + (user == null ? "; USER is who our client certificate names" : ""),
                String.join("\n", commands) + "\n");
    }

    /** Everybody may look up their own roles. */
    private boolean hasRole(String user, String role) throws BackendException, InterruptedException {
        try {
            AuthUserGetRequest request =
                    AuthUserGetRequest.newBuilder().setName(user).build();
            return etcd.call(AuthGrpc.getUserGetMethod(), request, deadline)
                    .getRolesList()
                    .contains(role);
        } catch (CallFailure e) {
            return false; // then it is granted once more, which changes nothing
        }
    }

    /** Named after the prefix, as in the documentation. */
    private String role() {
        String prefix = key.prefix().replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^-+|-+$", "");
        return prefix.isEmpty() || prefix.equals("election") ? "election" : prefix + "-election";
    }

    private String who() {
        return etcd.user() == null ? "" : " as user \"" + etcd.user() + '"';
    }
}
