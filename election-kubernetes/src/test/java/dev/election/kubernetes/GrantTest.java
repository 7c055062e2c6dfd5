package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is in the manifest; that a server takes it, {@link DoctorIT} tries. */
class GrantTest {

    /** Of the Role and the RoleBinding. */
    private static List<String> names(LockObject kind, String election, String account) {
        List<String> names = new ArrayList<>();
        String before = "";
        for (String line : Grant.yaml(new ObjectRef(kind, "shop", election), new Account(account))
                .lines()
                .toList()) {
            if (before.strip().equals("metadata:")) {
                names.add(line.strip());
            }
            before = line;
        }
        return names;
    }

    /** {@code kubectl apply} would replace the rules of the one, under which candidates run, by those of the other. */
    @Test
    void aLeaseAndEndpointsOfOneNameDoNotTakeEachOthersRole() {
        String account = "system:serviceaccount:shop:web";
        List<String> ofLease = names(new LeaseLock(), "orders", account);
        assertThat(ofLease).hasSize(2).doesNotContainAnyElementsOf(names(new EndpointsLock(), "orders", account));
        assertThat(names(new LeaseLock(), "endpoints-orders", account))
                .doesNotContainAnyElementsOf(names(new EndpointsLock(), "orders", account));
    }

    @Test
    void twoElectionsOrAccountsDoNotTakeEachOthersBinding() {
        String binding =
                names(new LeaseLock(), "orders", "system:serviceaccount:a-b:c").get(1);
        assertThat(names(new LeaseLock(), "orders", "system:serviceaccount:a:b-c")
                        .get(1))
                .isNotEqualTo(binding);
        assertThat(names(new LeaseLock(), "orders-a", "b").get(1))
                .isNotEqualTo(names(new LeaseLock(), "orders", "a-b").get(1));
    }
}
