package dev.election.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AccountTest {

    private static Answer refusal(int code, String message) {
        ObjectNode status = Json.object().put("kind", "Status").put("message", message);
        return new Answer(code, Duration.ZERO, null, Json.bytes(status));
    }

    @Test
    void aReviewTellsTheName() throws Exception {
        String review = "{\"kind\":\"SelfSubjectReview\",\"status\":{\"userInfo\":{\"username\":\"jane\"}}}";
        assertThat(Account.ofReview(Json.parse(review.getBytes()))).isEqualTo(new Account("jane"));
        assertThat(Account.ofReview(Json.object())).isNull();
    }

    @Test
    void anOlderServerTellsItWhenItRefuses() {
        assertThat(Account.ofRefusal(refusal(403, "forbidden: User \"jane\" cannot get path \"/x\"")))
                .isEqualTo(new Account("jane"));
        assertThat(Account.ofRefusal(
                        refusal(403, "forbidden: User \"a\\\"b\\\\c &lt;d&amp;lt;&gt;\" cannot get path \"/\"")))
                .isEqualTo(new Account("a\"b\\c <d&lt;>"));
        assertThat(Account.ofRefusal(refusal(403, "no"))).isNull();
        assertThat(Account.ofRefusal(refusal(404, "User \"jane\" cannot be found")))
                .isNull();
    }

    @Test
    void aServiceAccountIsASubjectOfItsOwnKind() {
        assertThat(new Account("system:serviceaccount:123:true").subject()).isEqualTo("""
                - kind: ServiceAccount
                  name: "true"
                  namespace: "123"
              """);
        assertThat(new Account("a \"b\"\n").subject()).isEqualTo("""
                - kind: User
                  name: "a \\"b\\"\\n"
                  apiGroup: rbac.authorization.k8s.io
              """);
    }

    @Test
    void twoAccountsHaveBindingsOfTheirOwn() {
        assertThat(new Account("jane").label()).isEqualTo("jane");
        assertThat(new Account("Jane").label()).isNotEqualTo("jane").matches("[a-z0-9.-]+");
        assertThat(new Account("a/b").label()).isNotEqualTo(new Account("a:b").label());
        assertThat(new Account("system:serviceaccount:shop:web").label()).isEqualTo("shop:web");
        assertThat(new Account("system:serviceaccount:a-b:c").label())
                .isNotEqualTo(new Account("system:serviceaccount:a:b-c").label());
    }
}
