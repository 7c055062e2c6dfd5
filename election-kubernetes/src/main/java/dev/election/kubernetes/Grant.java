package dev.election.kubernetes;

/** The manifest that gives one account what it needs for one election, and nothing beyond that. */
final class Grant {

    private Grant() {}

    /** Fit for {@code kubectl apply -f -}, also if all of its lines are indented: it is one document. */
    static String yaml(ObjectRef object, Account account) {
        // A Lease and an Endpoints object of one name, or two accounts, must not take each other's: kubectl apply
        // replaces what has the name. No part of these names can hold a colon.
        String role = "election:" + object.kind().resource() + ":" + object.name();
        return """
                # For somebody who may grant it:  kubectl apply -f FILE
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: rbac.authorization.k8s.io/v1
                    kind: Role
                    metadata:
                      name: "%1$s"
                      namespace: %3$s
                    rules:
                      - apiGroups: [%4$s]
                        resources: [%5$s]
                        resourceNames: [%6$s]
                        verbs: ["get", "update", "watch"]
                      # What does not exist yet has no name that could be asked for.
                      - apiGroups: [%4$s]
                        resources: [%5$s]
                        verbs: ["create"]
                      # Optional: changes of the leader in `kubectl get events`.
                      - apiGroups: [""]
                        resources: ["events"]
                        verbs: ["create"]
                  - apiVersion: rbac.authorization.k8s.io/v1
                    kind: RoleBinding
                    metadata:
                      name: "%1$s:%2$s"
                      namespace: %3$s
                    roleRef:
                      apiGroup: rbac.authorization.k8s.io
                      kind: Role
                      name: "%1$s"
                    subjects:
                %7$s""".formatted(
                        role,
                        account.label(),
                        Account.quoted(object.namespace()),
                        Account.quoted(object.kind().apiGroup()),
                        Account.quoted(object.kind().resource()),
                        Account.quoted(object.name()),
                        account.subject().indent(4));
    }
}
